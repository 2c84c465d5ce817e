import type { z } from '@hono/zod-openapi'
import type { Id } from '../../../shared/kernel/id.ts'
import type { CheckoutLine } from '../ports.ts'
import { priceBasket, type PricedLine } from '../domain/price-basket.ts'
import type { Ctx } from '../needs.ts'
import type { checkout } from '../ports.ts'
import { findBasket } from '../queries.ts'
import { quote } from './quote.ts'

type Output = z.infer<typeof checkout.methods.read.output>

/**
 * The basket as its user wants it: every line with the whole quantity. What can't be bought is in it too, without
 * a price or short of stock, so that checkout refuses it aloud instead of ordering less than was asked for.
 */
export async function readForCheckout(
  ctx: Ctx,
  input: { user_id: Id<'user'>; basket_id?: Id<'bask'> },
): Promise<Output> {
  const basket = await findBasket(ctx.db, { type: 'user', id: input.user_id })
  if (!basket || (input.basket_id && input.basket_id !== basket.id)) return { basket: null }
  const quotes = await quote(ctx, basket.lines.map((line) => line.variant_id))
  const { lines, codes, totals, free_shipping } = priceBasket(basket.lines, basket.codes, quotes, ctx.now())
  const promo_codes = codes.filter(({ refusal }) => refusal === null)
    .map(({ code, discount }) => ({ promo_code_id: code.id, code: code.code, discount }))
  return {
    basket: {
      id: basket.id,
      version: basket.version,
      lines: lines.map(asCheckoutLine),
      discount: totals.discount,
      free_shipping,
      promo_codes,
    },
  }
}

function asCheckoutLine({ line, quoted }: PricedLine): z.infer<typeof CheckoutLine> {
  const gone = {
    variant_id: line.variant_id,
    product_id: line.product_id,
    name: line.name,
    ref: line.product_ref,
    sku: null,
    slug: '',
    option_values: [],
    image_url: null,
    unit_net: null,
    vat_rate: 0,
    available: 0,
    requires_shipping: false,
    category_ids: [],
  }
  return { ...(quoted ?? gone), line_id: line.id, quantity: line.quantity }
}
