import type { Ctx } from '../needs.ts'
import { provision } from './provision.ts'

/** Starts the work without making the caller wait. If this process dies, the lease runs out and another goes on. */
export function inBackground(ctx: Ctx, tenant: string): void {
  provision(ctx, tenant).catch((error) => ctx.log.error('provisioning interrupted', { shop: tenant, error }))
}
