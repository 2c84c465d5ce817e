import { madeAt } from '../../../../shared/db/columns.ts'
import { and, eq, inArray } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { found } from '../../../../shared/db/rows.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { provisionings, tenants, websites } from '../../schema.ts'
import { leaseFrom } from '../provisionings/internal.ts'
import { startProvisioning } from '../provisionings/start.ts'

/**
 * Takes the shop off the air at once and records the removal of its data, which then begins. Throws
 * `conflict` while the shop is being made or removed.
 */
export async function deleteTenant(ctx: Ctx, id: string): Promise<void> {
  await ctx.transaction(async (tx) => {
    const now = ctx.now()
    const closed = await tx.update(tenants).set({ status: 'deprovisioning', updated_at: now })
      .where(and(eq(tenants.id, id), inArray(tenants.status, ['active', 'failed'])))
    if (affectedRows(closed) === 0) {
      found(await tx.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, id)))
      throw new Problem('conflict', 'The shop is being made or removed')
    }
    await tx.update(websites).set({ status: 'deprovisioning', updated_at: now }).where(
      eq(websites.tenant_id, id),
    )
    await tx.insert(provisionings).values({
      id: ctx.newId('prov'),
      tenant_id: id,
      kind: 'remove',
      status: 'running',
      lease_until: leaseFrom(now),
      ...madeAt(now),
    })
    startProvisioning(ctx, tx, id)
    tx.audit('tenant.removal_started', id)
  })
}
