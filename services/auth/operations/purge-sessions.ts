import { lt, or, sql } from 'drizzle-orm'
import type { Executor } from '../../../shared/db/database.ts'
import { after, ENDED_SESSION_KEPT_MS } from '../domain/lifetimes.ts'
import type { Ctx } from '../needs.ts'
import { loginAttempts, sessions } from '../schema.ts'

const BATCH = 1_000

const isOld = (now: Date) => {
  const before = after(now, -ENDED_SESSION_KEPT_MS)
  return or(lt(sessions.expires_at, before), lt(sessions.revoked_at, before))
}

/** Sessions that ended a month ago, with their refresh tokens, and counts of attempts that count no more. */
export async function purgeSessions(ctx: Ctx): Promise<void> {
  await ctx.db.delete(sessions).where(isOld(ctx.now())).limit(BATCH)
  await ctx.db.delete(loginAttempts).where(lt(loginAttempts.window_ends_at, ctx.now())).limit(BATCH)
}

export async function hasOldSessions(db: Executor, now: Date): Promise<boolean> {
  const old = await db.select({ found: sql`1` }).from(sessions).where(isOld(now)).limit(1)
  const counts = await db.select({ found: sql`1` }).from(loginAttempts)
    .where(lt(loginAttempts.window_ends_at, now)).limit(1)
  return old.length + counts.length > 0
}
