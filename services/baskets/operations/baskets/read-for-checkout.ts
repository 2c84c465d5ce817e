import type { z } from '@hono/zod-openapi'
import type { Offer } from '../../domain/price-basket.ts'
import type { Ctx } from '../../needs.ts'
import type { checkout, CheckoutLine } from '../../ports.ts'
import { price, quoteLines } from '../../queries/price.ts'
import { findBasket } from '../../queries/baskets.ts'
import { guestOf } from './internal.ts'

type Input = z.infer<typeof checkout.methods.read.input>
type Output = z.infer<typeof checkout.methods.read.output>

/**
 * The basket as its holder wants it: every line with the whole quantity, every code. What can't be bought or used is in
 * it too, without a price, short of stock or with the reason, so that checkout refuses it aloud instead of ordering
 * something else than was asked for.
 */
export async function readForCheckout(ctx: Ctx, { holder, basket_id }: Input): Promise<Output> {
  const basket = await findBasket(
    ctx.db,
    'user_id' in holder ? { type: 'user', id: holder.user_id } : guestOf(holder.token),
  )
  if (!basket || (basket_id && basket_id !== basket.id)) return { basket: null }
  const priced = price(ctx, basket.lines, basket.codes, await quoteLines(ctx, basket.lines))
  const named = priced.codes.map(({ code: { id, code }, discount, refusal }) => ({
    promo_code_id: id,
    code,
    discount,
    reason: refusal,
  }))
  return {
    basket: {
      id: basket.id,
      version: basket.version,
      lines: priced.lines.map(asCheckoutLine),
      free_shipping: priced.free_shipping,
      promo_codes: named.filter(({ reason }) => reason === null),
      refused_codes: named.flatMap(({ reason, ...each }) => reason ? [{ ...each, reason }] : []),
    },
  }
}

function asCheckoutLine({ line, quoted, discount }: Offer): z.infer<typeof CheckoutLine> {
  const gone = {
    variant_id: line.variant_id,
    product_id: line.product_id,
    name: line.name,
    ref: line.product_ref,
    sku: null,
    slug: '',
    option_values: [],
    image_url: null,
    price: null,
    vat_rate: 0,
    available: 0,
    requires_shipping: false,
    category_ids: [],
  }
  return { ...(quoted ?? gone), line_id: line.id, quantity: line.quantity, discount }
}
