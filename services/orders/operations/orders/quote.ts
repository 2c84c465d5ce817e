import { showPrice } from '../../../../shared/kernel/vat.ts'
import { readBasket } from '../../checkout/read-basket.ts'
import { priceOrder } from '../../domain/price-order.ts'
import type { Ctx } from '../../needs.ts'
import { fetchShippingMethod, offeredMethods } from '../../queries/orders.ts'
import type { OrderQuote, QuoteRequest } from '../../shapes/quote.ts'
import { showLine, showPromoCode, showTotals } from './internal.ts'

/**
 * What an order of the basket would come to now, by the reckoning and with the refusals of the order itself; of a guest's
 * basket, too. Changes nothing and holds nothing: stock is secured by ordering alone.
 */
export async function quoteOrder(
  ctx: Ctx,
  token: string | undefined,
  input: QuoteRequest,
): Promise<OrderQuote> {
  const holder = ctx.actor.type === 'user' ? { user_id: ctx.actor.id } : { token }
  const { currency, prices_include_vat } = ctx.tenant
  const [basket, shipping, methods] = await Promise.all([
    readBasket(ctx, holder, input),
    input.shipping_method === undefined ? null : fetchShippingMethod(ctx.db, input.shipping_method),
    offeredMethods(ctx.db),
  ])
  const totals = priceOrder(basket, shipping, prices_include_vat)
  return {
    basket_id: basket.id,
    basket_version: basket.version,
    lines: basket.lines.map((line, i) => showLine(line, totals.lines[i]!, currency)),
    promo_codes: basket.promo_codes.map((each) => showPromoCode(each, currency)),
    shipping_method: shipping && { code: shipping.code, name: shipping.name },
    totals: showTotals(totals, currency),
    expected_total: shipping && totals.total.gross,
    shipping_methods: methods.map((method) => {
      const sent = priceOrder(basket, method, prices_include_vat)
      return {
        code: method.code,
        name: method.name,
        shipping: showPrice(sent.shipping, currency),
        total: showPrice(sent.total, currency),
        vat_rate: method.vat_rate,
        min_days: method.min_days,
        max_days: method.max_days,
        requires_address: method.requires_address,
      }
    }),
  }
}
