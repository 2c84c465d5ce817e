import { and, desc, eq, gt, isNull, lt } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import { userLoggedOut } from '../events.ts'
import type { Ctx } from '../needs.ts'
import type { SessionId } from '../queries.ts'
import { sessions } from '../schema.ts'
import type { Session } from '../shapes/session.ts'
import { idOfCursor } from './cursors.ts'
import { signedIn } from './privileges.ts'

/** The caller's sessions that stand, newest first. */
export async function listOwnSessions(
  ctx: Ctx,
  query: { limit: number; cursor?: string },
): Promise<Page<Session>> {
  const { id, session } = signedIn(ctx)
  const before = idOfCursor('sessions', 'ses', query.cursor)
  const rows = await ctx.db.select().from(sessions)
    .where(and(
      eq(sessions.user_id, id),
      isNull(sessions.revoked_at),
      gt(sessions.expires_at, ctx.now()),
      before && lt(sessions.id, before),
    ))
    .orderBy(desc(sessions.id))
    .limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('sessions', [row.id]), (row) => ({
    id: row.id,
    is_current: row.id === session,
    ip_address: row.ip_address,
    user_agent: row.user_agent,
    created_at: row.created_at.toISOString(),
    last_used_at: row.last_used_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  }))
}

/** Its access and refresh tokens are worth nothing from now on. Throws `not_found`, also for one of somebody else. */
export async function endOwnSession(ctx: Ctx, session_id: SessionId): Promise<void> {
  const { id } = signedIn(ctx)
  await ctx.transaction(async (tx) => {
    const now = ctx.now()
    const stands = and(
      eq(sessions.id, session_id),
      eq(sessions.user_id, id),
      isNull(sessions.revoked_at),
      gt(sessions.expires_at, now),
    )
    const ended = await tx.update(sessions).set({ revoked_at: now }).where(stands)
    if (affectedRows(ended) === 0) throw new Problem('not_found')
    tx.emit(userLoggedOut, { user_id: id, session_id, logged_out_at: now.toISOString() })
    tx.audit('user.logged_out', id, { session_id })
  })
  ctx.broadcast('sessions', ctx.tenant.id)
}

/** The session of this request. One that another request has just ended is as good. */
export async function logOut(ctx: Ctx): Promise<void> {
  await endOwnSession(ctx, signedIn(ctx).session).catch((error) => {
    if (!(error instanceof Problem && error.code === 'not_found')) throw error
  })
}
