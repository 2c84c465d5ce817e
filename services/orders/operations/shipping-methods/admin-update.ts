import { and, eq } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { shippingMethods } from '../../schema.ts'
import type { AdminShippingMethod, ShippingMethodChanges } from '../../shapes/shipping-method.ts'
import { adminGetShippingMethod } from './admin-get.ts'
import { fetchMethod, requireOrder } from './internal.ts'

/** Orders keep what they were placed with. Throws `precondition_failed`. */
export async function adminUpdateShippingMethod(
  ctx: Ctx,
  code: string,
  version: number,
  changes: ShippingMethodChanges,
): Promise<AdminShippingMethod> {
  requireOrder({ ...await fetchMethod(ctx, code), ...changes })
  await ctx.transaction(async (tx) => {
    const result = await tx.update(shippingMethods).set({
      ...changes,
      version: version + 1,
      updated_at: ctx.now(),
    })
      .where(and(eq(shippingMethods.code, code), eq(shippingMethods.version, version)))
    if (affectedRows(result) === 0) throw new Problem('precondition_failed')
    tx.audit('shipping_method.updated', code, changes)
  })
  return await adminGetShippingMethod(ctx, code)
}
