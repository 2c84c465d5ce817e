import { lt, or } from 'drizzle-orm'
import { inBatches, turnOf } from '../../../../shared/db/batches.ts'
import { after, DELETED_USER_KEPT_MS, ENDED_SESSION_KEPT_MS } from '../../domain/lifetimes.ts'
import type { Ctx } from '../../needs.ts'
import { invitations, sessions, throttles, users } from '../../schema.ts'

const BATCH = 1_000
const TURN_MS = 2_000

/** What is over: sessions that ended a month ago with their tokens, invitations, counts of attempts, empty accounts. */
const over = (now: Date) => {
  const endedBefore = after(now, -ENDED_SESSION_KEPT_MS)
  return [
    {
      table: sessions,
      isOver: or(lt(sessions.expires_at, endedBefore), lt(sessions.revoked_at, endedBefore)),
    },
    { table: invitations, isOver: lt(invitations.expires_at, now) },
    { table: throttles, isOver: lt(throttles.window_ends_at, now) },
    { table: users, isOver: lt(users.deleted_at, after(now, -DELETED_USER_KEPT_MS)) },
  ]
}

/** Answers whether more is left than one turn removes. */
export async function purge(ctx: Ctx): Promise<boolean> {
  const isTurnOver = turnOf(TURN_MS)
  for (const { table, isOver } of over(ctx.now())) {
    if (await inBatches(BATCH, () => ctx.db.delete(table).where(isOver).limit(BATCH), isTurnOver)) return true
  }
  return false
}
