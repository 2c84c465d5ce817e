import { eq } from 'drizzle-orm'
import { type ExpectedVersions, updateVersion } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import { shippingMethods } from '../../schema.ts'
import type { AdminShippingMethod, ShippingMethodChanges } from '../../shapes/shipping-method.ts'
import { adminGetShippingMethod } from './admin-get.ts'
import { announceMethods, fetchMethod, requireOrder } from './internal.ts'

/** Orders keep what they were placed with. Throws `not_found` and `precondition_failed`. */
export async function adminUpdateShippingMethod(
  ctx: Ctx,
  code: string,
  expected: ExpectedVersions,
  changes: ShippingMethodChanges,
): Promise<AdminShippingMethod> {
  requireOrder({ ...await fetchMethod(ctx, code), ...changes })
  await ctx.transaction(async (tx) => {
    const row = eq(shippingMethods.code, code)
    await updateVersion(tx, shippingMethods, row, expected, { ...changes, updated_at: ctx.now() })
    announceMethods(ctx, tx)
    tx.audit('shipping_method.updated', code, changes)
  })
  return await adminGetShippingMethod(ctx, code)
}
