import type { Page, PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { shippingMethods } from '../../schema.ts'
import type { AdminShippingMethod } from '../../shapes/shipping-method.ts'
import { cheapestFirst, showAdminMethod } from './internal.ts'

/** All of them, also those not offered now. */
export async function adminListShippingMethods(
  ctx: Ctx,
  query: PageQuery,
): Promise<Page<AdminShippingMethod>> {
  return await cheapestFirst.list(
    ctx.db.select().from(shippingMethods),
    query,
    (row) => showAdminMethod(ctx, row),
  )
}
