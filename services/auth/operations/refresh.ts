import { and, eq, gt, isNull } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import type { Tx } from '../../../shared/service/context.ts'
import type { Ctx } from '../needs.ts'
import { fetchUser, findLiveSession, showAccount } from '../queries.ts'
import { refreshTokens, sessions } from '../schema.ts'
import type { Refresh, SignedIn } from '../shapes/session.ts'
import { addRefreshToken } from './open-session.ts'
import { hashToken, type OpenedSession, tokenIssuer } from './tokens.ts'

/**
 * New tokens for a refresh token, which is used up by that. One that comes back was copied: its whole session ends,
 * for whoever holds its newest tokens too (RFC 9700 section 4.14.2). There is no grace period, in which a thief would
 * go unnoticed: of two requests at the same time one wins and the other ends the session, so a client must wait for
 * its answer. Throws `invalid_token`.
 */
export async function refresh(ctx: Ctx, { refresh_token }: Refresh): Promise<SignedIn> {
  const issue = await tokenIssuer(ctx)
  const token_hash = hashToken(refresh_token)
  // Nothing is thrown inside: the end of a session has to be committed although the request is refused.
  const outcome = await ctx.transaction((tx) => rotate(ctx, tx, token_hash))
  if (outcome === 'reused') ctx.broadcast('sessions', ctx.tenant.id)
  if (typeof outcome === 'string') throw new Problem('invalid_token')
  return await issue(outcome)
}

async function rotate(
  ctx: Ctx,
  tx: Tx,
  token_hash: Uint8Array,
): Promise<OpenedSession | 'refused' | 'reused'> {
  const now = ctx.now()
  const isUsable = and(
    eq(refreshTokens.token_hash, token_hash),
    isNull(refreshTokens.used_at),
    gt(refreshTokens.expires_at, now),
  )
  const used = await tx.update(refreshTokens).set({ used_at: now }).where(isUsable)
  const [token] = await tx.select().from(refreshTokens).where(eq(refreshTokens.token_hash, token_hash))
  if (!token) return 'refused'
  if (affectedRows(used) === 0) return token.used_at ? await endFamily(ctx, tx, token.session_id) : 'refused'
  const isLive = and(
    eq(sessions.id, token.session_id),
    isNull(sessions.revoked_at),
    gt(sessions.expires_at, now),
  )
  await tx.update(sessions).set({ last_used_at: now }).where(isLive)
  const live = await findLiveSession(tx, token.session_id, now)
  if (!live) return 'refused'
  const user = showAccount(await fetchUser(tx, live.user_id))
  return {
    ...await addRefreshToken(ctx, tx, token.session_id, live.expires_at),
    session_id: token.session_id,
    user,
  }
}

async function endFamily(
  ctx: Ctx,
  tx: Tx,
  session_id: typeof sessions.$inferSelect['id'],
): Promise<'refused' | 'reused'> {
  const ended = await tx.update(sessions).set({ revoked_at: ctx.now() })
    .where(and(eq(sessions.id, session_id), isNull(sessions.revoked_at)))
  if (affectedRows(ended) === 0) return 'refused'
  tx.audit('session.refresh_token_reused', session_id)
  return 'reused'
}
