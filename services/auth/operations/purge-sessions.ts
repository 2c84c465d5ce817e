import { lt, or } from 'drizzle-orm'
import { inBatches, turnOf } from '../../../shared/db/batches.ts'
import { after, ENDED_SESSION_KEPT_MS } from '../domain/lifetimes.ts'
import type { Ctx } from '../needs.ts'
import { loginAttempts, sessions } from '../schema.ts'

const BATCH = 1_000
const TURN_MS = 2_000

const isOld = (now: Date) => {
  const before = after(now, -ENDED_SESSION_KEPT_MS)
  return or(lt(sessions.expires_at, before), lt(sessions.revoked_at, before))
}

/**
 * Sessions that ended a month ago, with their refresh tokens, and counts of attempts that count no more. Answers whether
 * more is left than one turn removes.
 */
export async function purgeSessions(ctx: Ctx): Promise<boolean> {
  const now = ctx.now()
  const isOver = turnOf(TURN_MS)
  const old = () => ctx.db.delete(sessions).where(isOld(now)).limit(BATCH)
  if (await inBatches(BATCH, old, isOver)) return true
  const counts = () => ctx.db.delete(loginAttempts).where(lt(loginAttempts.window_ends_at, now)).limit(BATCH)
  return await inBatches(BATCH, counts, isOver)
}
