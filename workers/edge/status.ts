import { Problem } from '../../shared/errors/problem.ts'
import type { Shop } from './shops.ts'

const MAINTENANCE_RETRY_S = '60'

/** Throws what a shop that isn't open answers: `unknown_shop`, `shop_unpaid`, `shop_suspended`, `maintenance`. */
export function requireOpen({ tenant, suspension_reason }: Shop): void {
  switch (tenant.status) {
    case 'active':
      return
    case 'suspended':
      throw new Problem(suspension_reason === 'payment' ? 'shop_unpaid' : 'shop_suspended')
    case 'maintenance':
    case 'provisioning':
      throw new Problem('maintenance', undefined, {}, { 'retry-after': MAINTENANCE_RETRY_S })
    default:
      throw new Problem('unknown_shop')
  }
}

/** Whether anything at all may show that the shop is there. */
export const isGone = ({ tenant }: Shop): boolean =>
  ['inactive', 'deprovisioning', 'failed'].includes(tenant.status)
