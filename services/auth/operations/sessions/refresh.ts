import { and, eq, gt, isNull } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { after, REFRESH_GRACE_MS } from '../../domain/lifetimes.ts'
import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import { fetchUser, findLiveSession, type SessionId } from '../../queries.ts'
import { refreshTokens, sessions } from '../../schema.ts'
import type { Refresh, Tokens } from '../../shapes/session.ts'
import { type OpenedSession, tokenIssuer } from '../../tokens/access.ts'
import { clientOf, hashToken, successorOf } from '../../tokens/opaque.ts'
import { showAccount } from '../account/internal.ts'
import { addRefreshToken } from './internal.ts'

type Token = typeof refreshTokens.$inferSelect

/**
 * New tokens for a refresh token, which is used up by that. One that comes back was copied: its whole session ends,
 * for whoever holds its newest tokens too (RFC 9700 section 4.14.2). Only the same client gets the same successor once
 * more for a few seconds, as two tabs may ask at once and answers get lost. Throws `invalid_token`.
 */
export async function refreshSession(ctx: Ctx, { refresh_token }: Refresh): Promise<Tokens> {
  const issue = await tokenIssuer(ctx)
  // Nothing is thrown inside: the end of a session has to be committed although the request is refused.
  const outcome = await ctx.transaction((tx) => exchange(ctx, tx, refresh_token))
  if (!outcome) throw new Problem('invalid_token')
  return await issue(outcome)
}

async function exchange(ctx: Ctx, tx: Tx, given: string): Promise<OpenedSession | undefined> {
  const now = ctx.now()
  const isGiven = eq(refreshTokens.token_hash, hashToken(given))
  const isUsable = and(isGiven, isNull(refreshTokens.used_at), gt(refreshTokens.expires_at, now))
  const used = await tx.update(refreshTokens).set({ used_at: now, used_by: clientOf(ctx) }).where(isUsable)
  const [token] = await tx.select().from(refreshTokens).where(isGiven)
  if (!token) return undefined
  const isFirst = affectedRows(used) === 1
  if (!isFirst && !token.used_at) return undefined // expired
  if (!isFirst && !isSameClientAgain(ctx, token)) return void await endFamily(ctx, tx, token.session_id)
  await tx.update(sessions).set({ last_used_at: now })
    .where(and(eq(sessions.id, token.session_id), isNull(sessions.revoked_at)))
  const live = await findLiveSession(tx, token.session_id, now)
  if (!live) return undefined
  const refresh_token = successorOf(ctx, given)
  const refresh_expires_at = isFirst
    ? await addRefreshToken(ctx, tx, token.session_id, refresh_token, live.expires_at)
    : (await findToken(tx, refresh_token))?.expires_at
  if (!refresh_expires_at) return undefined
  const user = showAccount(await fetchUser(tx, live.user_id))
  return { refresh_token, refresh_expires_at, session_id: token.session_id, user }
}

const isSameClientAgain = (ctx: Ctx, { used_at, used_by }: Token): boolean =>
  used_at !== null && used_by !== null && after(used_at, REFRESH_GRACE_MS) > ctx.now() &&
  Buffer.compare(used_by, clientOf(ctx)) === 0

async function findToken(tx: Tx, token: string): Promise<Token | undefined> {
  const [row] = await tx.select().from(refreshTokens).where(eq(refreshTokens.token_hash, hashToken(token)))
  return row
}

async function endFamily(ctx: Ctx, tx: Tx, session: SessionId): Promise<void> {
  const isThis = eq(sessions.id, session)
  const ended = await tx.update(sessions).set({ revoked_at: ctx.now() })
    .where(and(isThis, isNull(sessions.revoked_at)))
  if (affectedRows(ended) === 0) return
  const [row] = await tx.select({ user: sessions.user_id }).from(sessions).where(isThis)
  tx.audit('session.refresh_token_reused', row!.user, { session_id: session })
  tellSessions(ctx, tx, { user: row!.user, session })
}
