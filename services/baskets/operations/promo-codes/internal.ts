import { and, eq, isNull } from 'drizzle-orm'
import { madeAt } from '../../../../shared/db/columns.ts'
import { affectedRows, type Executor } from '../../../../shared/db/database.ts'
import { found, onDuplicate } from '../../../../shared/db/rows.ts'
import { type FieldError, Problem } from '../../../../shared/errors/problem.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import { networkOf } from '../../../../shared/kernel/network.ts'
import { Attempts } from '../../domain/attempts.ts'
import { isValid, normalCode, type OfferedCode } from '../../domain/promo-code.ts'
import { faultsOf } from '../../domain/promo-terms.ts'
import type { Ctx } from '../../needs.ts'
import { findCode } from '../../queries/baskets.ts'
import { orderRedemptions, promoCodes } from '../../schema.ts'
import type { PromoCode } from '../../shapes/promo-code.ts'

export type PromoRow = typeof promoCodes.$inferSelect

/** Failed guesses at codes: 10 a minute for an account or a network, here and in validating together. */
const guesses = new Attempts({ limit: 10, windowMs: 60_000, maxKeys: 20_000 })

/** Unknown, switched off, not begun, ended and used up look the same, and cost a guess. Throws `promo_code_refused`. */
export async function guessCode(ctx: Ctx, text: string): Promise<OfferedCode> {
  const { actor, origin, tenant } = ctx
  const user = actor.type === 'user' ? actor.id : null
  const key = `${tenant.id}/${user ?? networkOf(origin.ip ?? '')}`
  const wait = guesses.take(key, ctx.now())
  if (wait > 0) throw new Problem('too_many_requests', undefined, {}, { 'retry-after': String(wait) })
  let code: OfferedCode | undefined
  try {
    code = await findCode(ctx.db, normalCode(text), user)
  } catch (error) {
    guesses.giveBack(key)
    throw error
  }
  if (!code || !isValid(code, ctx.now())) throw new Problem('promo_code_refused')
  guesses.giveBack(key)
  return code
}

/** Throws `not_found` for one that was deleted, too. */
export const fetchPromoCode = async (db: Executor, id: PromoRow['id']): Promise<PromoRow> =>
  found(await db.select().from(promoCodes).where(and(eq(promoCodes.id, id), isNull(promoCodes.deleted_at))))

/** Throws `validation_failed` for terms that clash. */
export function refuseFaults(terms: Parameters<typeof faultsOf>[0]): void {
  const errors: FieldError[] = faultsOf(terms)
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors })
}

export const refuseTaken = onDuplicate({ promo_codes_code: 'This code exists already' })

export const dateOf = (text: string | null): Date | null => text === null ? null : new Date(text)

export const showPromoCode = ({ live_code: _live, deleted_at: _deleted, ...row }: PromoRow): PromoCode => ({
  ...row,
  starts_at: row.starts_at?.toISOString() ?? null,
  ends_at: row.ends_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})

/** The first word on the redemptions of an order; later ones find its row. */
export async function isFirst(
  ctx: Ctx,
  tx: Executor,
  order_id: Id<'ord'>,
  status: 'redeemed' | 'given_back',
): Promise<boolean> {
  const row = { order_id, status, ...madeAt(ctx.now()) }
  return affectedRows(await tx.insert(orderRedemptions).ignore().values(row)) === 1
}

/** Those who use several codes take them in the same order, so that no two wait for each other. */
export const inLockOrder = (ids: PromoRow['id'][]): PromoRow['id'][] => [...new Set(ids)].sort()
