import { and, desc, eq, gt, isNull, lt } from 'drizzle-orm'
import { encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import { idOfCursor } from '../../cursors.ts'
import type { Ctx } from '../../needs.ts'
import { signedIn } from '../../privileges.ts'
import { sessions } from '../../schema.ts'
import type { Session } from '../../shapes/session.ts'

/** The caller's sessions that stand, newest first. */
export async function listSessions(
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
