import { and, asc, eq, inArray, lt } from 'drizzle-orm'
import { affectedRows, type Executor } from '../../../shared/db/database.ts'
import { earliest } from '../../../shared/db/earliest.ts'
import type { Tenant } from '../../../shared/service/tenant.ts'
import { nextStep, type StepName, toUndo } from '../domain/steps.ts'
import { websiteActivated } from '../events.ts'
import type { Ctx } from '../needs.ts'
import { provisionings, provisioningSteps, tenants, websites } from '../schema.ts'
import { findTenant } from './routes.ts'

type Work = typeof provisionings.$inferSelect

/** Longer than any single step takes; renewed before each. */
export const PROVISIONING_LEASE_MS = 15_000
const MAX_ATTEMPTS = 3

/** Each step and its opposite. All can be repeated: a process may die between doing one and writing it down. */
type Step = {
  apply: (ctx: Ctx, shop: Tenant, work: Work) => Promise<void>
  undo?: (ctx: Ctx, shop: Tenant) => Promise<void>
}
const steps: Record<StepName, Step> = {
  databases: {
    apply: (ctx, shop) => ctx.shops.createDatabases(shop),
    undo: (ctx, shop) => ctx.shops.dropDatabases(shop),
  },
  migrations: { apply: (ctx, shop) => ctx.shops.migrate(shop) },
  seed: { apply: (ctx, shop) => ctx.shops.seed(shop, ctx.origin.id) },
  owner: {
    apply: async (ctx, shop, work) => {
      if (work.owner) await (ctx.forTenant(shop) as Ctx).ports.accounts.createOwner(work.owner)
    },
  },
  verification: { apply: (ctx, shop) => ctx.shops.verify(shop) },
  activation: { apply: (ctx, shop, work) => activate(ctx, shop, work) },
}

/** Goes on with the work on a shop until it is done, or has to wait for another attempt. */
export async function provision(ctx: Ctx, tenant: string): Promise<void> {
  const work = await openWork(ctx.db, tenant)
  if (!work) return
  const shop = await findTenant(ctx, tenant)
  if (!shop) return
  if (work.kind === 'remove') return await remove(ctx, shop, work)
  if (work.status === 'rolling_back') return await rollBack(ctx, shop, work)
  try {
    for (
      let step = nextStep(await stepsDone(ctx.db, work));
      step;
      step = nextStep(await stepsDone(ctx.db, work))
    ) {
      await renewLease(ctx, work)
      const started = performance.now()
      await steps[step].apply(ctx, shop, work)
      await noteStep(ctx.db, work, step, 'done', performance.now() - started)
    }
  } catch (error) {
    await failed(ctx, shop, work, error)
  }
}

/** Work whose process has stopped: claimed, then gone on with. */
export async function resumeProvisioning(ctx: Ctx): Promise<void> {
  const now = ctx.now()
  const isAbandoned = and(
    inArray(provisionings.status, ['running', 'rolling_back']),
    lt(provisionings.lease_until, now),
  )
  const abandoned = await ctx.db.select().from(provisionings).where(isAbandoned).orderBy(
    asc(provisionings.id),
  ).limit(20)
  for (const { id, tenant_id } of abandoned) {
    const claimed = await ctx.db.update(provisionings).set({ lease_until: leaseFrom(now) })
      .where(and(eq(provisionings.id, id), isAbandoned))
    if (affectedRows(claimed) === 1) await provision(ctx, tenant_id)
  }
}

export const nextAbandoned = (db: Executor): Promise<Date | null> =>
  earliest(db, provisionings.lease_until, inArray(provisionings.status, ['running', 'rolling_back']))

async function activate(ctx: Ctx, shop: Tenant, work: Work): Promise<void> {
  await ctx.forTenant(shop).transaction(async (tx) => {
    const now = ctx.now()
    const opened = await tx.update(tenants).set({ status: 'active', updated_at: now })
      .where(and(eq(tenants.id, shop.id), eq(tenants.status, 'provisioning')))
    if (affectedRows(opened) === 0) return
    await tx.update(websites).set({ status: 'active', activated_at: now, updated_at: now }).where(
      eq(websites.tenant_id, shop.id),
    )
    await tx.update(provisionings).set({ status: 'done', owner: null, finished_at: now, updated_at: now })
      .where(eq(provisionings.id, work.id))
    tx.emit(websiteActivated, {
      website_id: shop.website as `site_${string}`,
      domain: shop.domain,
      activated_at: now.toISOString(),
    })
  })
  await ctx.shops.routeChanged(shop)
}

/** Tried again twice, a while later; then undone completely. */
async function failed(ctx: Ctx, shop: Tenant, work: Work, error: unknown): Promise<void> {
  const attempts = work.attempts + 1
  const isFinal = attempts >= MAX_ATTEMPTS
  ctx.log.warn('provisioning failed', { shop: shop.id, attempts, error })
  await ctx.db.update(provisionings)
    .set({
      attempts,
      error: (error as Error).message.slice(0, 2_000),
      status: isFinal ? 'rolling_back' : 'running',
      lease_until: new Date(ctx.now().getTime() + 1_000 * attempts),
      updated_at: ctx.now(),
    })
    .where(eq(provisionings.id, work.id))
  if (isFinal) await rollBack(ctx, shop, work)
}

/** Leaves nothing of the shop but the record that it failed; its domain is free again. */
async function rollBack(ctx: Ctx, shop: Tenant, work: Work): Promise<void> {
  await renewLease(ctx, work)
  // Databases may be there although their step was never written down.
  for (const step of new Set<StepName>([...toUndo(await stepsDone(ctx.db, work)), 'databases'])) {
    const started = performance.now()
    await (steps[step] as Step).undo?.(ctx, shop)
    await noteStep(ctx.db, work, step, 'undone', performance.now() - started)
  }
  await ctx.transaction(async (tx) => {
    const now = ctx.now()
    await tx.delete(websites).where(eq(websites.tenant_id, shop.id))
    await tx.update(tenants).set({ status: 'failed', subscription_id: null, updated_at: now }).where(
      eq(tenants.id, shop.id),
    )
    await tx.update(provisionings).set({ status: 'failed', owner: null, finished_at: now, updated_at: now })
      .where(eq(provisionings.id, work.id))
    tx.audit('tenant.rolled_back', shop.id)
  })
  await ctx.shops.routeChanged(shop)
}

async function remove(ctx: Ctx, shop: Tenant, work: Work): Promise<void> {
  await renewLease(ctx, work)
  await ctx.shops.routeChanged(shop)
  await ctx.shops.dropDatabases(shop)
  await ctx.transaction(async (tx) => {
    await tx.delete(tenants).where(eq(tenants.id, shop.id))
    await tx.update(provisionings).set({ status: 'done', finished_at: ctx.now(), updated_at: ctx.now() })
      .where(eq(provisionings.id, work.id))
    tx.audit('tenant.removed', shop.id)
  })
  ctx.broadcast('tenants', shop.id)
}

async function openWork(db: Executor, tenant: string): Promise<Work | undefined> {
  const [work] = await db.select().from(provisionings)
    .where(
      and(eq(provisionings.tenant_id, tenant), inArray(provisionings.status, ['running', 'rolling_back'])),
    )
  return work
}

async function stepsDone(db: Executor, work: Work): Promise<string[]> {
  const rows = await db.select().from(provisioningSteps)
    .where(and(eq(provisioningSteps.provisioning_id, work.id), eq(provisioningSteps.status, 'done')))
  return rows.map((row) => row.name)
}

async function noteStep(
  db: Executor,
  work: Work,
  name: StepName,
  status: 'done' | 'undone',
  ms: number,
): Promise<void> {
  const position = Object.keys(steps).indexOf(name)
  const values = { position, status, ms: Math.round(ms), finished_at: new Date() }
  await db.insert(provisioningSteps).values({ provisioning_id: work.id, name, ...values })
    .onDuplicateKeyUpdate({ set: values })
}

const renewLease = (ctx: Ctx, work: Work) =>
  ctx.db.update(provisionings).set({ lease_until: leaseFrom(ctx.now()) }).where(eq(provisionings.id, work.id))

const leaseFrom = (now: Date) => new Date(now.getTime() + PROVISIONING_LEASE_MS)
