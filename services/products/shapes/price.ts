import { z } from '@hono/zod-openapi'
import { Price } from '../../../shared/http/schemas.ts'
import { showPrice, unitPrice } from '../../../shared/kernel/vat.ts'

export { Price }

/** Minor units without VAT, as callers give them. */
export const NetAmount = z.int().min(0).max(99_999_999_999).openapi({
  description: 'Minor units, without VAT',
  example: 1666,
})

/** `rate` in basis points. */
export const priceOf = (net: number, rate: number, currency: string): Price =>
  showPrice(unitPrice(net, rate, false), currency)
