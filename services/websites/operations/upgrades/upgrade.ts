import { and, eq } from 'drizzle-orm'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { tenants } from '../../schema.ts'
import { findRoute } from '../routes/find.ts'
import { noteLevels } from './internal.ts'

/**
 * Brings a shop that sells to this release. Answers what that changed. Throws `not_found` for any other shop, and
 * `upstream_failed` with the database's words, for whoever runs `npm run migrate`.
 */
export async function upgrade(ctx: Ctx, id: string): Promise<{ database: string; names: string[] }[]> {
  const shop = await findRoute(ctx, id)
  if (!shop) throw new Problem('not_found')
  const applied = await ctx.shops.upgrade(shop, async () => {
    const rows = await ctx.db.select({ id: tenants.id }).from(tenants)
      .where(and(eq(tenants.id, id), eq(tenants.status, 'active')))
    return rows.length > 0
  }).catch((error) => {
    throw error instanceof Problem ? error : new Problem('upstream_failed', (error as Error).message)
  })
  await noteLevels(ctx.db, id, await ctx.shops.levels())
  return applied
}
