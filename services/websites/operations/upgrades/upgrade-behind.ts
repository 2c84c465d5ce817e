import { and, count, eq, gte, lt, or, sql } from 'drizzle-orm'
import { turnOf } from '../../../../shared/db/batches.ts'
import type { Ctx } from '../../needs.ts'
import { schemaLevels, tenants } from '../../schema.ts'
import { upgrade } from './upgrade.ts'

const BATCH = 20
/** The platform's other work waits as long: of shops whose tables are locked each may take half a minute. */
const RUN_MS = 10_000

/**
 * Shops that a process of an older release has made since `npm run migrate`: whoever runs this release gives them what
 * they lack. One that can't be brought up holds up no other.
 */
export async function upgradeBehind(ctx: Ctx): Promise<void> {
  const isOver = turnOf(RUN_MS)
  for (const id of await listBehind(ctx)) {
    if (isOver()) return
    try {
      await upgrade(ctx, id)
      ctx.log.info('shop brought to this release', { shop: id })
    } catch (error) {
      ctx.log.warn('shop not brought to this release', { shop: id, error })
    }
  }
}

/** At random: those that fail again and again must not fill every batch. */
async function listBehind(ctx: Ctx): Promise<string[]> {
  const levels = Object.entries(await ctx.shops.levels())
  const isReached = or(
    ...levels.map(([service, last]) =>
      and(eq(schemaLevels.service, service), gte(schemaLevels.last_migration, last))
    ),
  )
  const rows = await ctx.db.select({ id: tenants.id }).from(tenants)
    .leftJoin(schemaLevels, and(eq(schemaLevels.tenant_id, tenants.id), isReached))
    .where(eq(tenants.status, 'active')).groupBy(tenants.id)
    .having(lt(count(schemaLevels.service), levels.length))
    .orderBy(sql`rand()`).limit(BATCH)
  return rows.map((row) => row.id)
}
