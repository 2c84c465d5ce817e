import { allows } from '../../../shared/auth/actor.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import type { Ctx } from '../needs.ts'

/** What tells staff that reads orders from customers: each reading role of a new shop has one, customers none. */
const STAFF = ['orders.update', 'support.view', 'reports.view']

/**
 * `orders.view` alone is not enough for the orders of others: the role `customer` holds it too, for its own. Throws
 * `forbidden`.
 */
export function requireStaff(ctx: Ctx): void {
  if (STAFF.some((permission) => allows(ctx.actor, permission))) return
  throw new Problem('forbidden', 'These are the orders of the whole shop', { permission: 'orders.view' })
}
