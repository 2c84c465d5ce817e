import type { Id } from '../../../shared/kernel/id.ts'
import { type BothSides, showPrice, unitPrice } from '../../../shared/kernel/vat.ts'
import type { Tx } from '../../../shared/service/context.ts'
import type { BasketLine } from '../domain/lines.ts'
import { basketCreated, itemAdded, itemRemoved, promoCodeApplied } from '../events.ts'
import type { Ctx } from '../needs.ts'
import type { Holder } from '../queries/baskets.ts'
import type { Plan, RemovalReason } from './plan.ts'

/** Tells what a change did, found by comparing: no operation can forget to. */
export function announce(
  ctx: Ctx,
  tx: Tx,
  basket_id: Id<'bask'>,
  holder: Holder,
  plan: Plan,
  reason: RemovalReason,
): void {
  const { before, after, priced } = plan
  const { currency } = ctx.tenant
  const base = { basket_id, user_id: holder.type === 'user' ? holder.id : null }
  const show = (sides: BothSides) => showPrice(sides, currency)
  const totals = { new_subtotal: show(priced.totals.subtotal), new_total: show(priced.totals.total) }
  if (!before) {
    tx.emit(basketCreated, {
      ...base,
      total: show(priced.totals.total),
      created_at: ctx.now().toISOString(),
    })
  }
  for (const { line, change } of changesOf(before?.lines ?? [], after.lines)) {
    const { id: basket_item_id, product_id, variant_id } = line
    const item = { ...base, ...totals, basket_item_id, product_id, variant_id }
    if (change < 0) tx.emit(itemRemoved, { ...item, quantity: -change, reason })
    else {
      const rate = priced.lines.find((each) => each.line.id === line.id)?.quoted?.vat_rate ?? 0
      const sides = (amount: number) => show(unitPrice(amount, rate, ctx.tenant.prices_include_vat))
      tx.emit(itemAdded, {
        ...item,
        quantity: change,
        unit_price: sides(line.price),
        subtotal: sides(line.price * change),
      })
    }
  }
  for (const { code: { id, code }, discount } of priced.codes) {
    if (before?.codes.some((each) => each.id === id)) continue
    tx.emit(promoCodeApplied, { ...base, promo_code_id: id, code, discount: show(discount) })
  }
}

/** Lines with as many units more or less than before. */
function changesOf(before: BasketLine[], after: BasketLine[]): { line: BasketLine; change: number }[] {
  const quantities = (lines: BasketLine[]) => new Map(lines.map((line) => [line.id, line.quantity]))
  const [was, is] = [quantities(before), quantities(after)]
  const gone = before.filter((line) => !is.has(line.id)).map((line) => ({ line, change: -line.quantity }))
  const there = after.map((line) => ({ line, change: line.quantity - (was.get(line.id) ?? 0) }))
  return [...gone, ...there].filter(({ change }) => change !== 0)
}
