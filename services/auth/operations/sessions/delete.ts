import { and, eq, gt, isNull } from 'drizzle-orm'
import { requireRow } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import { signedIn } from '../../privileges.ts'
import type { SessionId } from '../../queries.ts'
import { sessions } from '../../schema.ts'
import { announceEnd } from './internal.ts'

/** Its access and refresh tokens are worth nothing from now on. Throws `not_found`, also for one of somebody else. */
export async function deleteSession(ctx: Ctx, session: SessionId): Promise<void> {
  const { id: user } = signedIn(ctx)
  await ctx.transaction(async (tx) => {
    const now = ctx.now()
    const stands = and(
      eq(sessions.id, session),
      eq(sessions.user_id, user),
      isNull(sessions.revoked_at),
      gt(sessions.expires_at, now),
    )
    await requireRow(tx.update(sessions).set({ revoked_at: now }).where(stands))
    announceEnd(ctx, tx, user, session)
    tellSessions(ctx, tx, { user, session })
  })
}
