import type { Ctx } from '../../needs.ts'
import { allPermissions, findLiveSession, type SessionId } from '../../queries.ts'

const NOBODY = { active: false, user_id: '', email: '', name: '', roles: [], permissions: [] }

/** Whether a session still stands, and what its user may do now. One statement: every process asks for every session. */
export async function identify(ctx: Ctx, { session }: { session: SessionId }) {
  const live = await findLiveSession(ctx.db, session, ctx.now())
  if (!live) return NOBODY
  return {
    active: true,
    user_id: live.user_id,
    email: live.email,
    name: `${live.first_name} ${live.last_name}`,
    roles: live.roles ?? [],
    permissions: allPermissions(live),
  }
}
