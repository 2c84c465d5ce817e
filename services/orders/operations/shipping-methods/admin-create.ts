import { isDuplicate } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { shippingMethods } from '../../schema.ts'
import type { AdminShippingMethod, NewShippingMethod } from '../../shapes/shipping-method.ts'
import { requireOrder, showAdminMethod } from './internal.ts'

/** Throws `already_exists`. */
export async function adminCreateShippingMethod(
  ctx: Ctx,
  input: NewShippingMethod,
): Promise<AdminShippingMethod> {
  requireOrder(input)
  const now = ctx.now()
  const row = { ...input, version: 1, created_at: now, updated_at: now }
  await ctx.transaction(async (tx) => {
    await tx.insert(shippingMethods).values(row).catch((error) => {
      throw isDuplicate(error) ? new Problem('already_exists', 'A method has this code already') : error
    })
    tx.audit('shipping_method.created', row.code, input)
  })
  return showAdminMethod(ctx, row)
}
