import { and, eq } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { type MayAct, Superseded } from '../../../../shared/service/shops.ts'
import type { Tenant } from '../../../../shared/kernel/tenant.ts'
import type { StepName } from '../../domain/steps.ts'
import { websiteActivated } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { tenants, websites } from '../../schema.ts'
import { findRoute } from '../routes/find.ts'
import { noteLevels } from '../upgrades/internal.ts'
import { advance, noteStep, rightOf, type Work } from './internal.ts'

type Making = { ctx: Ctx; shop: Tenant; work: Work; mayAct: MayAct }

/** All can be repeated: a process may die between doing one and writing it down, and another release may go on. */
const steps: [Exclude<StepName, 'activation'>, (making: Making) => Promise<unknown>][] = [
  ['databases', async ({ ctx, shop, work, mayAct }) => {
    await ctx.shops.build(shop, work.id, mayAct)
    await noteLevels(ctx.db, shop.id, await ctx.shops.levels())
  }],
  ['seed', ({ ctx, shop }) => ctx.shops.seed(shop)],
  ['owner', async ({ ctx, shop, work }) => {
    if (!work.owner) return
    const { user_id } = await (ctx.forTenant(shop) as Ctx).ports.accounts.createOwner(work.owner)
    await ctx.transaction(async (tx) => {
      await advance(tx, work, {}, ctx.now())
      await tx.update(tenants).set({ owner_id: user_id }).where(eq(tenants.id, shop.id))
    })
  }],
  ['verification', ({ ctx, shop }) => ctx.shops.verify(shop)],
]

/** Makes a shop. Throws `Superseded` as soon as another process holds the work. */
export async function build(ctx: Ctx, work: Work): Promise<void> {
  const shop = await findRoute(ctx, work.tenant_id)
  if (!shop) throw new Superseded(`${work.tenant_id} is gone`)
  const making = { ctx, shop, work, mayAct: rightOf(ctx, work) }
  for (const [name, apply] of steps) {
    if (!await making.mayAct()) throw new Superseded(`another process goes on with ${shop.id}`)
    const started = performance.now()
    await apply(making)
    await ctx.transaction((tx) => noteStep(tx, work, name, performance.now() - started, ctx.now()))
  }
  await activate(ctx, shop, work)
  void ctx.shops.routeChanged(shop)
  await ctx.shops.release(shop.id, work.id, () => isActive(ctx, shop.id))
    .catch((error) => ctx.log.warn('shop still marked as being made', { shop: shop.id, error }))
}

/** The shop sells, and the work is done: both or neither. From here on nothing undoes it. */
async function activate(ctx: Ctx, shop: Tenant, work: Work): Promise<void> {
  const started = performance.now()
  await ctx.forTenant(shop).transaction(async (tx) => {
    const now = ctx.now()
    await noteStep(tx, work, 'activation', performance.now() - started, now)
    await advance(tx, work, { status: 'done', owner: null, error: null, finished_at: now }, now)
    const opened = await tx.update(tenants).set({ status: 'active', updated_at: now })
      .where(and(eq(tenants.id, shop.id), eq(tenants.status, 'provisioning')))
    if (affectedRows(opened) === 0) throw new Superseded(`${shop.id} is not being made any more`)
    await tx.update(websites).set({ status: 'active', activated_at: now, updated_at: now })
      .where(and(eq(websites.tenant_id, shop.id), eq(websites.status, 'provisioning')))
    tx.emit(websiteActivated, {
      website_id: shop.website as `site_${string}`,
      domain: shop.domain,
      activated_at: now.toISOString(),
    })
  })
}

async function isActive(ctx: Ctx, id: string): Promise<boolean> {
  const rows = await ctx.db.select({ id: tenants.id }).from(tenants)
    .where(and(eq(tenants.id, id), eq(tenants.status, 'active')))
  return rows.length > 0
}
