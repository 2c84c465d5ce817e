import { money } from '../../../shared/kernel/money.ts'
import type { Notice, PricedBasket, PricedLine } from '../domain/price-basket.ts'
import type { Basket } from '../shapes/basket.ts'

type Shown = { id: Basket['id']; version: number }

/** What shoppers see of a basket. `told` are notices of this request alone. */
export function showBasket(
  basket: Shown,
  priced: PricedBasket,
  currency: string,
  told: Notice[] = [],
): Basket {
  const show = (amount: number) => money(amount, currency)
  const { subtotal, discount, net, vat, gross, vat_breakdown } = priced.totals
  return {
    id: basket.id,
    version: basket.version,
    lines: priced.lines.map((line) => showLine(line, currency)),
    item_count: priced.lines.reduce((sum, line) => sum + line.purchasable, 0),
    promo_codes: priced.codes.map(({ code, discount, refusal }) => ({
      id: code.id,
      code: code.code,
      name: code.name,
      kind: code.kind,
      discount: show(discount),
      is_applied: refusal === null,
    })),
    free_shipping: priced.free_shipping,
    notices: [...told, ...priced.notices],
    totals: {
      subtotal: show(subtotal),
      discount: show(discount),
      net: show(net),
      vat: show(vat),
      total: show(gross),
      vat_breakdown: vat_breakdown.map(({ rate, base, vat }) => ({ rate, base: show(base), vat: show(vat) })),
    },
  }
}

function showLine({ line, quoted, purchasable, unit_net, unit_gross, net }: PricedLine, currency: string) {
  return {
    id: line.id,
    product_id: line.product_id,
    variant_id: line.variant_id,
    name: quoted?.name ?? line.name,
    ref: quoted?.ref ?? line.product_ref,
    sku: quoted?.sku ?? null,
    slug: quoted?.slug ?? null,
    option_values: quoted?.option_values ?? [],
    image_url: quoted?.image_url ?? null,
    quantity: line.quantity,
    purchasable_quantity: purchasable,
    unit_price: unit_net === null ? null : money(unit_net, currency),
    unit_price_gross: unit_gross === null ? null : money(unit_gross, currency),
    vat_rate: quoted?.vat_rate ?? null,
    total: money(net, currency),
    requires_shipping: quoted?.requires_shipping ?? false,
  }
}
