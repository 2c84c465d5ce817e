import { and, asc, eq, lt } from 'drizzle-orm'
import { affectedRows, type Executor } from '../../../../shared/db/database.ts'
import { earliest } from '../../../../shared/db/earliest.ts'
import type { Ctx } from '../../needs.ts'
import { provisionings } from '../../schema.ts'
import { isOpen, leaseFrom } from './internal.ts'
import { runProvisioning } from './run.ts'

const BATCH = 10

/** Takes over work whose process has stopped or that has rested, each as its next holder, and goes on with it. */
export async function resumeProvisionings(ctx: Ctx): Promise<void> {
  const now = ctx.now()
  const isDue = and(isOpen, lt(provisionings.lease_until, now))
  const due = await ctx.db.select().from(provisionings).where(isDue).orderBy(asc(provisionings.lease_until))
    .limit(BATCH)
  await Promise.all(due.map(async (work) => {
    const lease = work.lease + 1
    const claimed = await ctx.db.update(provisionings).set({ lease, lease_until: leaseFrom(now) })
      .where(and(eq(provisionings.id, work.id), eq(provisionings.lease, work.lease), isDue))
    if (affectedRows(claimed) === 1) await runProvisioning(ctx, { ...work, lease })
  }))
}

export const nextProvisioning = (db: Executor): Promise<Date | null> =>
  earliest(db, provisionings.lease_until, isOpen)
