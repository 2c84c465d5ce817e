import { lt, or, sql } from 'drizzle-orm'
import { affectedRows, type Executor } from '../../../../shared/db/database.ts'
import { after, DELETED_USER_KEPT_MS, ENDED_SESSION_KEPT_MS } from '../../domain/lifetimes.ts'
import type { Ctx } from '../../needs.ts'
import { invitations, sessions, throttles, users } from '../../schema.ts'

const BATCH = 1_000
/** So that one shop doesn't keep a run to itself; the next run goes on. */
const MAX_BATCHES = 500

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

export async function purge(ctx: Ctx): Promise<void> {
  for (const { table, isOver } of over(ctx.now())) {
    for (let batch = 0; batch < MAX_BATCHES; batch++) {
      if (affectedRows(await ctx.db.delete(table).where(isOver).limit(BATCH)) < BATCH) break
    }
  }
}

export async function hasSomethingOver(db: Executor, now: Date): Promise<boolean> {
  for (const { table, isOver } of over(now)) {
    if ((await db.select({ found: sql`1` }).from(table).where(isOver).limit(1)).length > 0) return true
  }
  return false
}
