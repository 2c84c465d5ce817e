import { and, eq, gt, isNull } from 'drizzle-orm'
import { keyset, type Page, type PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { signedIn } from '../../privileges.ts'
import { sessions } from '../../schema.ts'
import type { Session } from '../../shapes/session.ts'

const newestFirst = keyset('sessions', { id: sessions.id }, 'desc')

/** The caller's sessions that stand, newest first. */
export async function listSessions(ctx: Ctx, query: PageQuery): Promise<Page<Session>> {
  const { id, session } = signedIn(ctx)
  const isOpen = and(
    eq(sessions.user_id, id),
    isNull(sessions.revoked_at),
    gt(sessions.expires_at, ctx.now()),
  )
  return await newestFirst.list(ctx.db.select().from(sessions), query, (row) => ({
    id: row.id,
    is_current: row.id === session,
    ip_address: row.ip_address,
    user_agent: row.user_agent,
    created_at: row.created_at.toISOString(),
    last_used_at: row.last_used_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  }), isOpen)
}
