import { networkOf } from '../../../../shared/kernel/network.ts'
import { and, eq, isNull } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { after, REFRESH_TOKEN_MS, SESSION_MS } from '../../domain/lifetimes.ts'
import { userLoggedIn, userLoggedOut } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { fetchUser, type SessionId, type UserId } from '../../queries.ts'
import { refreshTokens, sessions, users } from '../../schema.ts'
import type { OpenedSession } from '../../tokens/access.ts'
import { hashToken, newToken } from '../../tokens/opaque.ts'
import { showAccount } from '../account/internal.ts'

/**
 * A session for whoever proved to know the password behind this hash. Throws `invalid_credentials` when the password
 * was changed or the account deleted meanwhile.
 */
export async function openSession(
  ctx: Ctx,
  tx: Tx,
  id: UserId,
  password_hash: string,
): Promise<OpenedSession> {
  const now = ctx.now()
  const stillGood = and(eq(users.id, id), eq(users.password_hash, password_hash), isNull(users.deleted_at))
  const found = await tx.update(users).set({ last_login_at: now }).where(stillGood)
  if (affectedRows(found) === 0) throw new Problem('invalid_credentials')
  const session_id = ctx.newId('ses')
  const { ip = null, userAgent = null } = ctx.origin
  const expires_at = after(now, SESSION_MS)
  await tx.insert(sessions).values({
    id: session_id,
    user_id: id,
    ip_address: ip,
    network: ip && networkOf(ip),
    user_agent: userAgent,
    created_at: now,
    last_used_at: now,
    expires_at,
  })
  const user = showAccount(await fetchUser(tx, id))
  tx.emit(userLoggedIn, {
    user_id: id,
    email: user.email,
    session_id,
    ip_address: ip,
    logged_in_at: now.toISOString(),
  })
  tx.audit('user.logged_in', id, { session_id })
  const refresh_token = newToken()
  const refresh_expires_at = await addRefreshToken(ctx, tx, session_id, refresh_token, expires_at)
  return { refresh_token, refresh_expires_at, session_id, user }
}

/** Returns when it expires: it never outlives its session. */
export async function addRefreshToken(
  ctx: Ctx,
  tx: Tx,
  session_id: SessionId,
  token: string,
  sessionEnds: Date,
): Promise<Date> {
  const created_at = ctx.now()
  const expires_at = new Date(Math.min(after(created_at, REFRESH_TOKEN_MS).getTime(), sessionEnds.getTime()))
  await tx.insert(refreshTokens).values({ token_hash: hashToken(token), session_id, created_at, expires_at })
  return expires_at
}

/** All sessions of somebody. */
export async function endSessionsOf(ctx: Ctx, tx: Tx, user: UserId): Promise<void> {
  await tx.update(sessions).set({ revoked_at: ctx.now() })
    .where(and(eq(sessions.user_id, user), isNull(sessions.revoked_at)))
}

export function announceEnd(ctx: Ctx, tx: Tx, user_id: UserId, session_id: SessionId): void {
  tx.emit(userLoggedOut, { user_id, session_id, logged_out_at: ctx.now().toISOString() })
  tx.audit('user.logged_out', user_id, { session_id })
}
