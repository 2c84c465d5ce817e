import { and, eq, inArray, sql } from 'drizzle-orm'
import { affectedRows, arg, prepared } from '../../../shared/db/database.ts'
import type { Id } from '../../../shared/kernel/id.ts'
import type { Totals } from '../../../shared/kernel/vat.ts'
import type { Tx } from '../../../shared/service/context.ts'
import { hashOfToken, newGuestToken } from '../domain/guest-token.ts'
import type { Ctx } from '../needs.ts'
import type { Holder } from '../queries/baskets.ts'
import { basketPromoCodes, baskets } from '../schema.ts'
import { announce } from './announce.ts'
import type { Plan, RemovalReason } from './plan.ts'

export type Written = { id: Id<'bask'>; version: number; token?: string }

const written = {
  lines: arg(baskets.lines, 'lines'),
  currency: arg(baskets.currency, 'currency'),
  subtotal_net: arg(baskets.subtotal_net, 'subtotal_net'),
  subtotal_gross: arg(baskets.subtotal_gross, 'subtotal_gross'),
  discount_net: arg(baskets.discount_net, 'discount_net'),
  discount_gross: arg(baskets.discount_gross, 'discount_gross'),
  total_net: arg(baskets.total_net, 'total_net'),
  total_gross: arg(baskets.total_gross, 'total_gross'),
  last_activity_at: arg(baskets.last_activity_at, 'now'),
  updated_at: arg(baskets.updated_at, 'now'),
}

const insert = prepared((db) =>
  db.insert(baskets).values({
    ...written,
    id: arg(baskets.id, 'id'),
    user_id: arg(baskets.user_id, 'user_id'),
    current_user_id: arg(baskets.current_user_id, 'user_id'),
    guest_token_hash: arg(baskets.guest_token_hash, 'token_hash'),
    status: 'active',
    ip_address: arg(baskets.ip_address, 'ip_address'),
    user_agent: arg(baskets.user_agent, 'user_agent'),
    created_at: arg(baskets.created_at, 'now'),
  })
)

const update = prepared((db) =>
  db.update(baskets)
    .set({ ...written, version: sql`version + 1`, status: 'active', abandoned_at: sql`null` })
    .where(and(eq(baskets.id, arg(baskets.id, 'id')), eq(baskets.version, arg(baskets.version, 'version'))))
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
  if ((before?.codes.length ?? 0) + plan.after.codes.length > 0) {
    await writeCodes(tx, written.id, plan, ctx.now())
  }
  announce(ctx, tx, written.id, holder, plan, reason)
  return written
}

async function updateBasket(ctx: Ctx, tx: Tx, plan: Plan): Promise<Written | undefined> {
  const { id, version } = plan.before!
  const result = await update(tx, { id, version, ...contentOf(ctx, plan) })
  return affectedRows(result) === 1 ? { id, version: version + 1 } : undefined
}

/** A guest is given a new token whatever was sent: one of the caller's choice could be another's to guess. */
async function createBasket(ctx: Ctx, tx: Tx, holder: Holder, plan: Plan): Promise<Written> {
  const id = ctx.newId('bask')
  const token = holder.type === 'user' ? undefined : newGuestToken()
  await insert(tx, {
    id,
    user_id: holder.type === 'user' ? holder.id : null,
    token_hash: hashOfToken(token) ?? null,
    ip_address: ctx.origin.ip?.slice(0, 45) ?? null,
    user_agent: ctx.origin.userAgent ?? null,
    ...contentOf(ctx, plan),
  })
  return { id, version: 1, token }
}

const contentOf = (ctx: Ctx, { after, priced }: Plan) => ({
  lines: after.lines,
  now: ctx.now(),
  ...totalsOf(ctx, priced.totals),
})

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
