import type { Page, PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import type { AdminShippingMethod } from '../../shapes/shipping-method.ts'
import { listWhere, showAdminMethod } from './internal.ts'

/** All of them, also those not offered now. */
export async function adminListShippingMethods(
  ctx: Ctx,
  query: PageQuery,
): Promise<Page<AdminShippingMethod>> {
  return await listWhere(ctx, query, (row) => showAdminMethod(ctx, row))
}
