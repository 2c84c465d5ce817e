import { and, eq, sql } from 'drizzle-orm'
import { affectedRows, isDuplicate } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { hashOfToken } from '../../domain/guest-token.ts'
import { mergeLines, type Quotes } from '../../domain/lines.ts'
import type { Notice } from '../../domain/price-basket.ts'
import { goesWith } from '../../domain/promo-code.ts'
import type { Ctx } from '../../needs.ts'
import { price } from '../../queries/price.ts'
import { findBasket, type StoredBasket } from '../../queries/baskets.ts'
import { baskets } from '../../schema.ts'
import type { Basket } from '../../shapes/basket.ts'
import { changeBasket } from '../../writes/change-basket.ts'
import type { Draft } from '../../writes/plan.ts'
import { present, userOf } from './internal.ts'

type UserId = Id<'user'>

/** The guest's basket was merged, or changed, between reading and taking it. */
class Superseded extends Error {}
const MAX_ATTEMPTS = 5

/**
 * A signed-in user who still holds a guest's basket gets what is in it, once: whoever takes the token away from the
 * guest's basket does the merge. A token that opens nothing, or no longer, changes nothing. The answer tells what
 * could not be taken over.
 */
export async function mergeBasket(ctx: Ctx, token: string | undefined): Promise<Basket> {
  const user = userOf(ctx)
  const token_hash = hashOfToken(token)
  const told = token_hash ? await takeOver(ctx, user, token_hash) : []
  return await present(ctx, { type: 'user', id: user }, told)
}

async function takeOver(ctx: Ctx, user: UserId, token_hash: Uint8Array): Promise<Notice[]> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const guest = await findBasket(ctx.db, { type: 'guest', token_hash }, user)
    if (!guest) return []
    try {
      const own = await findBasket(ctx.db, { type: 'user', id: user })
      if (own) return await merge(ctx, user, guest)
      await handOver(ctx, user, guest)
      return []
    } catch (error) {
      if (!(error instanceof Superseded) && !isDuplicate(error, 'baskets_current_user')) throw error
    }
  }
  throw new Problem('conflict', 'Too many requests change this basket at once')
}

/** A user without a basket takes the guest's as it is. */
async function handOver(ctx: Ctx, user: UserId, guest: StoredBasket): Promise<void> {
  const result = await ctx.transaction((tx) =>
    tx.update(baskets).set({
      user_id: user,
      current_user_id: user,
      guest_token_hash: null,
      version: sql`version + 1`,
      updated_at: ctx.now(),
    }).where(isStill(guest))
  )
  if (affectedRows(result) === 0) throw new Superseded()
}

async function merge(ctx: Ctx, user: UserId, guest: StoredBasket): Promise<Notice[]> {
  let notices: Notice[] = []
  await changeBasket(ctx, { type: 'user', id: user }, (draft, quotes) => {
    const { lines, dropped } = mergeLines(draft.lines, guest.lines, () => ctx.newId('bli'))
    const merged = withCodes(ctx, { ...draft, lines }, guest, quotes)
    notices = [
      ...dropped.map((line): Notice => ({ kind: 'line_not_merged', variant_id: line.variant_id })),
      ...guest.codes.filter(({ id }) => !merged.codes.some((code) => code.id === id))
        .map((code): Notice => ({ kind: 'promo_code_not_applied', promo_code_id: code.id })),
    ]
    return merged
  }, {
    variants: guest.lines.map((line) => line.variant_id),
    within: (tx, into) => retire(ctx, tx, guest, into),
  })
  return notices
}

/** The guest's codes come along where they still give something beside those of the account. */
function withCodes(ctx: Ctx, draft: Draft, guest: StoredBasket, quotes: Quotes): Draft {
  let codes = draft.codes
  for (const code of guest.codes) {
    if (codes.some(({ id }) => id === code.id) || !goesWith(code, codes)) continue
    const candidates = [...codes, code]
    if (price(ctx, draft.lines, candidates, quotes).codes.at(-1)!.refusal === null) codes = candidates
  }
  return { ...draft, codes }
}

async function retire(ctx: Ctx, tx: Tx, guest: StoredBasket, into: Id<'bask'>): Promise<void> {
  const result = await tx.update(baskets).set({
    status: 'merged',
    merged_into_id: into,
    guest_token_hash: null,
    version: sql`version + 1`,
    updated_at: ctx.now(),
  }).where(isStill(guest))
  if (affectedRows(result) === 0) throw new Superseded()
}

const isStill = (guest: StoredBasket) => and(eq(baskets.id, guest.id), eq(baskets.version, guest.version))
