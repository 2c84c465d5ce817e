import { madeAt } from '../../../shared/db/columns.ts'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { affectedRows, arg, prepared } from '../../../shared/db/database.ts'
import type { Id } from '../../../shared/kernel/id.ts'
import type { Totals } from '../../../shared/kernel/vat.ts'
import type { Tx } from '../../../shared/service/context.ts'
import { hashOfToken, newGuestToken } from '../domain/guest-token.ts'
import type { BasketLine } from '../domain/lines.ts'
import type { Ctx } from '../needs.ts'
import type { Holder } from '../queries/baskets.ts'
import { basketItems, basketPromoCodes, baskets } from '../schema.ts'
import { announce } from './announce.ts'
import type { Plan, RemovalReason } from './plan.ts'

export type Written = { id: Id<'bask'>; version: number; token?: string }

const update = prepared((db) =>
  db.update(baskets).set({
    version: sql`version + 1`,
    status: 'active',
    abandoned_at: sql`null`,
    currency: arg(baskets.currency, 'currency'),
    subtotal_net: arg(baskets.subtotal_net, 'subtotal_net'),
    subtotal_gross: arg(baskets.subtotal_gross, 'subtotal_gross'),
    discount_net: arg(baskets.discount_net, 'discount_net'),
    discount_gross: arg(baskets.discount_gross, 'discount_gross'),
    total_net: arg(baskets.total_net, 'total_net'),
    total_gross: arg(baskets.total_gross, 'total_gross'),
    last_activity_at: arg(baskets.last_activity_at, 'now'),
    updated_at: arg(baskets.updated_at, 'now'),
  }).where(and(eq(baskets.id, arg(baskets.id, 'id')), eq(baskets.version, arg(baskets.version, 'version'))))
)

const rewritten = {
  quantity: sql`values(quantity)`,
  price: sql`values(price)`,
  name: sql`values(name)`,
  product_ref: sql`values(product_ref)`,
  is_available: sql`true`,
  operation_id: sql`values(operation_id)`,
  updated_at: sql`values(updated_at)`,
}
const putLine = prepared((db) =>
  db.insert(basketItems).values({
    id: arg(basketItems.id, 'id'),
    basket_id: arg(basketItems.basket_id, 'basket_id'),
    product_id: arg(basketItems.product_id, 'product_id'),
    variant_id: arg(basketItems.variant_id, 'variant_id'),
    quantity: arg(basketItems.quantity, 'quantity'),
    price: arg(basketItems.price, 'price'),
    name: arg(basketItems.name, 'name'),
    product_ref: arg(basketItems.product_ref, 'product_ref'),
    operation_id: arg(basketItems.operation_id, 'operation_id'),
    added_at: arg(basketItems.added_at, 'now'),
    updated_at: arg(basketItems.updated_at, 'now'),
  }).onDuplicateKeyUpdate({ set: rewritten })
)

/** Writes what `plan` changes, and its events. Undefined: another request was faster, nothing is written. */
export async function writeBasket(
  ctx: Ctx,
  tx: Tx,
  holder: Holder,
  plan: Plan,
  reason: RemovalReason,
): Promise<Written | undefined> {
  const { before } = plan
  const written = before ? await updateBasket(ctx, tx, plan) : await createBasket(ctx, tx, holder, plan)
  if (!written) return undefined
  await writeLines(tx, written.id, before?.lines ?? [], plan.after.lines, ctx.now())
  if ((before?.codes.length ?? 0) + plan.after.codes.length > 0) {
    await writeCodes(tx, written.id, plan, ctx.now())
  }
  announce(ctx, tx, written.id, holder, plan, reason)
  return written
}

async function updateBasket(ctx: Ctx, tx: Tx, plan: Plan): Promise<Written | undefined> {
  const { id, version } = plan.before!
  const result = await update(tx, { id, version, now: ctx.now(), ...totalsOf(ctx, plan.priced.totals) })
  return affectedRows(result) === 1 ? { id, version: version + 1 } : undefined
}

/** A guest is given a new token whatever was sent: one of the caller's choice could be another's to guess. */
async function createBasket(ctx: Ctx, tx: Tx, holder: Holder, plan: Plan): Promise<Written> {
  const id = ctx.newId('bask')
  const now = ctx.now()
  const token = holder.type === 'user' ? undefined : newGuestToken()
  const user_id = holder.type === 'user' ? holder.id : null
  await tx.insert(baskets).values({
    id,
    user_id,
    current_user_id: user_id,
    guest_token_hash: hashOfToken(token) ?? null,
    status: 'active',
    ...totalsOf(ctx, plan.priced.totals),
    last_activity_at: now,
    ip_address: ctx.origin.ip?.slice(0, 45) ?? null,
    user_agent: ctx.origin.userAgent ?? null,
    ...madeAt(now),
  })
  return { id, version: 1, token }
}

/** The columns of a basket's totals. */
export function totalsOf(ctx: Ctx, { subtotal, discount, total }: Totals) {
  return {
    currency: ctx.tenant.currency,
    subtotal_net: subtotal.net,
    subtotal_gross: subtotal.gross,
    discount_net: discount.net,
    discount_gross: discount.gross,
    total_net: total.net,
    total_gross: total.gross,
  }
}

async function writeLines(
  tx: Tx,
  basket_id: Id<'bask'>,
  before: BasketLine[],
  after: BasketLine[],
  now: Date,
): Promise<void> {
  const known = new Set(before)
  const kept = new Set(after.map((line) => line.id))
  const gone = before.filter((line) => !kept.has(line.id)).map((line) => line.id)
  const put = after.filter((line) => !known.has(line))
  if (gone.length > 0) {
    await tx.delete(basketItems).where(
      and(eq(basketItems.basket_id, basket_id), inArray(basketItems.id, gone)),
    )
  }
  if (put.length === 1) await putLine(tx, { ...put[0]!, basket_id, now })
  if (put.length > 1) {
    await tx.insert(basketItems)
      .values(put.map((line) => ({ ...line, basket_id, added_at: now, updated_at: now })))
      .onDuplicateKeyUpdate({ set: rewritten })
  }
}

async function writeCodes(tx: Tx, basket_id: Id<'bask'>, { before, priced }: Plan, now: Date): Promise<void> {
  const after = priced.codes.map(({ code, discount }, position) => ({
    promo_code_id: code.id,
    position,
    discount_net: discount.net,
    discount_gross: discount.gross,
  }))
  const gone = (before?.codes ?? []).filter(({ id }) => !after.some((each) => each.promo_code_id === id))
  if (gone.length > 0) {
    await tx.delete(basketPromoCodes).where(
      and(
        eq(basketPromoCodes.basket_id, basket_id),
        inArray(basketPromoCodes.promo_code_id, gone.map(({ id }) => id)),
      ),
    )
  }
  const put = after.filter((each) =>
    !before?.codes.some((code) =>
      code.id === each.promo_code_id && code.position === each.position &&
      code.stored_discount.net === each.discount_net && code.stored_discount.gross === each.discount_gross
    )
  )
  if (put.length === 0) return
  await tx.insert(basketPromoCodes).values(put.map((each) => ({ ...each, basket_id, applied_at: now })))
    .onDuplicateKeyUpdate({
      set: {
        position: sql`values(position)`,
        discount_net: sql`values(discount_net)`,
        discount_gross: sql`values(discount_gross)`,
      },
    })
}
