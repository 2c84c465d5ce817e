import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { arg, type Executor, prepared } from '../../../shared/db/database.ts'
import type { Id } from '../../../shared/kernel/id.ts'
import type { BothSides } from '../../../shared/kernel/vat.ts'
import type { BasketLine } from '../domain/lines.ts'
import type { OfferedCode } from '../domain/promo-code.ts'
import { basketPromoCodes as held, baskets, promoCodes, promoRedemptions } from '../schema.ts'

/** Whose basket it is: an account's, a guest's who proved to hold its token, or nobody's yet. */
export type Holder =
  | { type: 'user'; id: Id<'user'> }
  | { type: 'guest'; token_hash: Uint8Array }
  | { type: 'stranger' }

export type HeldCode = OfferedCode & { position: number; stored_discount: BothSides }

/** A basket as it is stored. */
export type StoredBasket = {
  id: Id<'bask'>
  version: number
  user_id: Id<'user'> | null
  lines: BasketLine[]
  codes: HeldCode[]
}

const select = (db: Executor) =>
  db.select({
    id: baskets.id,
    version: baskets.version,
    user_id: baskets.user_id,
    lines: baskets.lines,
    code_count: sql<number>`(select count(*) from ${held} h where h.basket_id = baskets.id)`.mapWith(
      Number,
    ),
  }).from(baskets)

const ofUser = prepared((db) =>
  select(db).where(eq(baskets.current_user_id, arg(baskets.current_user_id, 'user_id')))
)
const ofGuest = prepared((db) =>
  select(db).where(eq(baskets.guest_token_hash, arg(baskets.guest_token_hash, 'token_hash')))
)

/**
 * The basket its holder shops with, in one statement; one more where it holds codes. Undefined: there is none.
 * `shopper` is whose uses of the codes count, where that isn't the holder.
 */
export async function findBasket(
  db: Executor,
  holder: Holder,
  shopper = holder.type === 'user' ? holder.id : null,
): Promise<StoredBasket | undefined> {
  if (holder.type === 'stranger') return undefined
  const [found] = holder.type === 'user'
    ? await ofUser(db, { user_id: holder.id })
    : await ofGuest(db, { token_hash: holder.token_hash })
  if (!found) return undefined
  const { code_count, ...basket } = found
  return { ...basket, codes: code_count > 0 ? await heldCodes(db, basket.id, shopper) : [] }
}

/** Until the transaction ends nobody else changes this basket. */
export async function lockBasket(db: Executor, id: Id<'bask'>): Promise<void> {
  await db.select({ id: baskets.id }).from(baskets).where(eq(baskets.id, id)).for('update')
}

async function heldCodes(db: Executor, basket: Id<'bask'>, shopper: Id<'user'> | null): Promise<HeldCode[]> {
  const rows = await db.select({
    code: promoCodes,
    ...historyOf(shopper),
    position: held.position,
    discount: { net: held.discount_net, gross: held.discount_gross },
  })
    .from(held).innerJoin(promoCodes, eq(promoCodes.id, held.promo_code_id))
    .where(eq(held.basket_id, basket)).orderBy(asc(held.position))
  return rows.map(({ code, uses_by_user, user_has_ordered, position, discount }) => ({
    ...code,
    uses_by_user,
    user_has_ordered,
    position,
    stored_discount: discount,
  }))
}

/** Undefined for a code that was never there or was deleted. Whether it may be used is for the rules to say. */
export async function findCode(
  db: Executor,
  code: string,
  shopper: Id<'user'> | null,
): Promise<OfferedCode | undefined> {
  const [row] = await db.select({ code: promoCodes, ...historyOf(shopper) }).from(promoCodes)
    .where(and(eq(promoCodes.live_code, code), isNull(promoCodes.deleted_at)))
  return row && { ...row.code, uses_by_user: row.uses_by_user, user_has_ordered: row.user_has_ordered }
}

/** What a shopper has done so far, as columns of a query that reads `promo_codes`. */
const historyOf = (shopper: Id<'user'> | null) => ({
  uses_by_user: (shopper ? sql`(select count(*) from ${promoRedemptions} where ${usesOf(shopper)})` : sql`0`)
    .mapWith(Number),
  user_has_ordered: (shopper ? sql`exists (select 1 from ${baskets} where ${ordersOf(shopper)})` : sql`0`)
    .mapWith(Boolean),
})
const usesOf = (shopper: Id<'user'>) =>
  and(
    eq(promoRedemptions.promo_code_id, promoCodes.id),
    eq(promoRedemptions.user_id, shopper),
    eq(promoRedemptions.status, 'redeemed'),
  )
/** Orders are known by the baskets they came from, which are kept for a year. */
export const ordersOf = (shopper: Id<'user'>) =>
  and(eq(baskets.user_id, shopper), eq(baskets.status, 'converted'))

/** The basket a user shops with, held until the transaction ends. */
export async function lockCurrent(db: Executor, user: Id<'user'>) {
  const [current] = await db.select({ id: baskets.id, status: baskets.status, lines: baskets.lines })
    .from(baskets).where(eq(baskets.current_user_id, user)).for('update')
  return current
}
