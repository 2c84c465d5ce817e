import { and, eq } from 'drizzle-orm'
import type { Tx } from '../../../../shared/service/context.ts'
import type { Ctx } from '../../needs.ts'
import { provisionings } from '../../schema.ts'
import { isOpen } from './internal.ts'
import { runProvisioning } from './run.ts'

/**
 * Once the transaction that records the work has committed, starts on it without making the caller wait. If this process
 * dies, the lease runs out and another goes on.
 */
export function startProvisioning(ctx: Ctx, tx: Tx, tenant: string): void {
  tx.afterCommit(() => {
    run(ctx.detached() as Ctx, tenant)
      .catch((error) => ctx.log.error('provisioning interrupted', { shop: tenant, error }))
  })
}

async function run(ctx: Ctx, tenant: string): Promise<void> {
  // The first holder is whoever recorded the work.
  const [work] = await ctx.db.select().from(provisionings)
    .where(and(eq(provisionings.tenant_id, tenant), eq(provisionings.lease, 1), isOpen))
  if (work) await runProvisioning(ctx, work)
}
