import { and, eq, inArray } from 'drizzle-orm'
import { affectedRows, type Executor } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { type MayAct, Superseded } from '../../../../shared/service/shops.ts'
import { type StepName, STEPS } from '../../domain/steps.ts'
import type { Ctx } from '../../needs.ts'
import { provisionings, provisioningSteps, tenants } from '../../schema.ts'

/** As its holder took it: `lease` is the holder's number. */
export type Work = typeof provisionings.$inferSelect

/** Renewed while a process works: whoever has not done so for that long has stopped. */
const LEASE_MS = 15_000
const RENEW_EVERY_MS = 4_000

export const isOpen = inArray(provisionings.status, ['running', 'rolling_back'])
export const leaseFrom = (now: Date) => new Date(now.getTime() + LEASE_MS)
const isHeld = (work: Work) => and(eq(provisionings.id, work.id), eq(provisionings.lease, work.lease), isOpen)

/** Writes down how far the work is. Throws `Superseded`, and changes nothing, when somebody else holds it by now. */
export async function advance(
  db: Executor,
  work: Work,
  changes: Partial<typeof provisionings.$inferInsert>,
  now: Date,
): Promise<void> {
  const values = { lease_until: leaseFrom(now), updated_at: now, ...changes }
  if (affectedRows(await db.update(provisionings).set(values).where(isHeld(work))) === 0) {
    throw new Superseded(`another process goes on with ${work.tenant_id}`)
  }
}

/** Runs `run` with the lease renewed all along, however long a step of it takes. */
export async function holding(ctx: Ctx, work: Work, run: () => Promise<void>): Promise<void> {
  const renew = () => void advance(ctx.db, work, {}, ctx.now()).catch(() => {}) // the next step finds out
  const timer = setInterval(renew, RENEW_EVERY_MS)
  try {
    await run()
  } finally {
    clearInterval(timer)
  }
}

/** What has to be true for the holder to touch databases: the work is its own, and the shop in the state for it. */
export const rightOf = (ctx: Ctx, work: Work): MayAct => async () => {
  const status = work.kind === 'create' ? 'provisioning' : 'deprovisioning'
  const rows = await ctx.db.select({ id: provisionings.id }).from(provisionings)
    .innerJoin(tenants, eq(tenants.id, provisionings.tenant_id))
    .where(and(isHeld(work), eq(tenants.status, status)))
  return rows.length > 0
}

/** A step is done: written with the proof that the work is still its holder's. */
export async function noteStep(
  db: Executor,
  work: Work,
  name: StepName,
  ms: number,
  now: Date,
): Promise<void> {
  await advance(db, work, {}, now)
  const values = {
    position: STEPS.indexOf(name),
    status: 'done' as const,
    ms: Math.round(ms),
    finished_at: now,
  }
  await db.insert(provisioningSteps).values({ provisioning_id: work.id, name, ...values })
    .onDuplicateKeyUpdate({ set: values })
}

/** Why work failed, for the operator: a problem's own words or the database's code. The log has the rest. */
export function reasonOf(error: unknown): string {
  if (error instanceof Problem) return `${error.code}: ${error.message}`
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } }
  const known = code ?? cause?.code
  return typeof known === 'string' ? `database: ${known}` : 'unexpected: see the log'
}
