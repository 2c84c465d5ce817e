import { eq } from 'drizzle-orm'
import type { Page, PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { shippingMethods } from '../../schema.ts'
import type { ShippingMethod } from '../../shapes/shipping-method.ts'
import { cheapestFirst, showMethod } from './internal.ts'

/** What a shopper can choose, cheapest first. */
export async function listShippingMethods(ctx: Ctx, query: PageQuery): Promise<Page<ShippingMethod>> {
  const all = ctx.db.select().from(shippingMethods)
  const isActive = eq(shippingMethods.is_active, true)
  return await cheapestFirst.list(all, query, (row) => showMethod(ctx, row), isActive)
}
