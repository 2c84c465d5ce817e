import { Superseded } from '../../../../shared/service/shops.ts'
import { MAX_ATTEMPTS, restMs } from '../../domain/steps.ts'
import type { Ctx } from '../../needs.ts'
import { build } from './build.ts'
import { advance, holding, reasonOf, type Work } from './internal.ts'
import { remove } from './remove.ts'
import { rollBack } from './roll-back.ts'

/**
 * Goes on with the making or the removal of a shop until it is done, has failed and rests, or is another process's. A
 * shop that can't be made is undone completely after `MAX_ATTEMPTS`; undoing and removing are tried for ever.
 */
export async function runProvisioning(ctx: Ctx, work: Work): Promise<void> {
  const run = work.kind === 'remove' ? remove : work.status === 'rolling_back' ? rollBack : build
  try {
    await holding(ctx, work, () => run(ctx, work)).catch(async (error) => {
      if (error instanceof Superseded) throw error
      ctx.log.warn('provisioning failed', { shop: work.tenant_id, error })
      await rest(ctx, work, error)
    })
  } catch (error) {
    if (!(error instanceof Superseded)) throw error
    ctx.log.info('provisioning taken over', { shop: work.tenant_id })
  }
}

async function rest(ctx: Ctx, work: Work, error: unknown): Promise<void> {
  const now = ctx.now()
  const attempts = Math.min(work.attempts + 1, 1_000)
  const isLost = work.kind === 'create' && attempts >= MAX_ATTEMPTS
  await advance(ctx.db, work, {
    attempts,
    error: reasonOf(error),
    status: isLost ? 'rolling_back' : work.status,
    lease_until: new Date(now.getTime() + restMs(attempts)),
  }, now)
}
