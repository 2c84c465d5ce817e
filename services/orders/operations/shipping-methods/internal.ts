import { and, asc, eq, gt, or } from 'drizzle-orm'
import { Problem } from '../../../../shared/errors/problem.ts'
import { decodeCursor, encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import { showPrice, unitPrice } from '../../../../shared/kernel/vat.ts'
import type { Ctx } from '../../needs.ts'
import { type ShippingMethodRow, shippingMethods } from '../../schema.ts'
import type { AdminShippingMethod, ShippingMethod } from '../../shapes/shipping-method.ts'

export type PageQuery = { limit: number; cursor?: string }

/** Cheapest first. */
export async function listWhere<T>(
  ctx: Ctx,
  query: PageQuery,
  showRow: (row: ShippingMethodRow) => T,
  condition?: ReturnType<typeof eq>,
): Promise<Page<T>> {
  const after = decodeCursor('price', 2, query.cursor) as [number, string] | undefined
  const { price, code } = shippingMethods
  const rows = await ctx.db.select().from(shippingMethods)
    .where(and(condition, after && or(gt(price, after[0]), and(eq(price, after[0]), gt(code, after[1])))))
    .orderBy(asc(price), asc(code))
    .limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('price', [row.price, row.code]), showRow)
}

export async function fetchMethod(ctx: Ctx, code: string): Promise<ShippingMethodRow> {
  const [row] = await ctx.db.select().from(shippingMethods).where(eq(shippingMethods.code, code))
  if (!row) throw new Problem('not_found')
  return row
}

/** Throws `validation_failed`. */
export function requireOrder({ min_days, max_days }: { min_days: number; max_days: number }): void {
  if (min_days <= max_days) return
  throw new Problem('validation_failed', undefined, {
    errors: [{ pointer: '/max_days', message: 'must not be less than min_days' }],
  })
}

export const showMethod = (ctx: Ctx, row: ShippingMethodRow): ShippingMethod => ({
  code: row.code,
  name: row.name,
  price: showPrice(unitPrice(row.price, row.vat_rate, ctx.tenant.prices_include_vat), ctx.tenant.currency),
  vat_rate: row.vat_rate,
  min_days: row.min_days,
  max_days: row.max_days,
  requires_address: row.requires_address,
})

export const showAdminMethod = (ctx: Ctx, row: ShippingMethodRow): AdminShippingMethod => ({
  ...showMethod(ctx, row),
  is_active: row.is_active,
  version: row.version,
})
