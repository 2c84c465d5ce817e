import { z } from '@hono/zod-openapi'
import { Money } from '../../../shared/http/schemas.ts'
import { money } from '../../../shared/kernel/money.ts'
import { grossOf } from '../../../shared/kernel/vat.ts'

export const Price = z.object({
  net: Money,
  gross: Money,
}).openapi('Price', { description: 'Without VAT, and with it: what a shopper pays' })
export type Price = z.infer<typeof Price>

/** Minor units without VAT, as callers give them. */
export const NetAmount = z.int().min(0).max(99_999_999_999).openapi({
  description: 'Minor units, without VAT',
  example: 1666,
})

/** `rate` in basis points. */
export const priceOf = (net: number, rate: number, currency: string): Price => ({
  net: money(net, currency),
  gross: money(grossOf(net, rate), currency),
})
