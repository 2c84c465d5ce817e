import { madeAt } from '../../../../shared/db/columns.ts'
import { onDuplicate } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import { shippingMethods } from '../../schema.ts'
import type { AdminShippingMethod, NewShippingMethod } from '../../shapes/shipping-method.ts'
import { announceMethods, requireOrder, showAdminMethod } from './internal.ts'

/** Throws `already_exists`. */
export async function adminCreateShippingMethod(
  ctx: Ctx,
  input: NewShippingMethod,
): Promise<AdminShippingMethod> {
  requireOrder(input)
  const row = { ...input, version: 1, ...madeAt(ctx.now()) }
  await ctx.transaction(async (tx) => {
    await tx.insert(shippingMethods).values(row)
      .catch(onDuplicate({ PRIMARY: 'A method has this code already' }))
    announceMethods(ctx, tx)
    tx.audit('shipping_method.created', row.code, input)
  })
  return showAdminMethod(ctx, row)
}
