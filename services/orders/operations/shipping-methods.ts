import { and, asc, eq, gt, or } from 'drizzle-orm'
import { affectedRows, isDuplicate } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { decodeCursor, encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import { showPrice, unitPrice } from '../../../shared/kernel/vat.ts'
import type { Ctx } from '../needs.ts'
import { type ShippingMethodRow, shippingMethods } from '../schema.ts'
import type {
  AdminShippingMethod,
  NewShippingMethod,
  ShippingMethod,
  ShippingMethodChanges,
} from '../shapes/shipping-method.ts'

type PageQuery = { limit: number; cursor?: string }

/** What a shopper can choose, cheapest first. */
export async function listShippingMethods(ctx: Ctx, query: PageQuery): Promise<Page<ShippingMethod>> {
  return await listWhere(ctx, query, (row) => show(ctx, row), eq(shippingMethods.is_active, true))
}

export async function listAllShippingMethods(ctx: Ctx, query: PageQuery): Promise<Page<AdminShippingMethod>> {
  return await listWhere(ctx, query, (row) => showAll(ctx, row))
}

export async function getShippingMethod(ctx: Ctx, code: string): Promise<AdminShippingMethod> {
  return showAll(ctx, await fetchMethod(ctx, code))
}

/** Throws `already_exists`. */
export async function createShippingMethod(ctx: Ctx, input: NewShippingMethod): Promise<AdminShippingMethod> {
  requireOrder(input)
  const now = ctx.now()
  const row = { ...input, version: 1, created_at: now, updated_at: now }
  await ctx.transaction(async (tx) => {
    await tx.insert(shippingMethods).values(row).catch((error) => {
      throw isDuplicate(error) ? new Problem('already_exists', 'A method has this code already') : error
    })
    tx.audit('shipping_method.created', row.code, input)
  })
  return showAll(ctx, row)
}

/** Orders keep what they were placed with. Throws `precondition_failed`. */
export async function changeShippingMethod(
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
  return await getShippingMethod(ctx, code)
}

export async function deleteShippingMethod(ctx: Ctx, code: string): Promise<void> {
  await ctx.transaction(async (tx) => {
    const result = await tx.delete(shippingMethods).where(eq(shippingMethods.code, code))
    if (affectedRows(result) === 0) throw new Problem('not_found')
    tx.audit('shipping_method.deleted', code)
  })
}

async function listWhere<T>(
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

async function fetchMethod(ctx: Ctx, code: string): Promise<ShippingMethodRow> {
  const [row] = await ctx.db.select().from(shippingMethods).where(eq(shippingMethods.code, code))
  if (!row) throw new Problem('not_found')
  return row
}

function requireOrder({ min_days, max_days }: { min_days: number; max_days: number }): void {
  if (min_days <= max_days) return
  throw new Problem('validation_failed', undefined, {
    errors: [{ pointer: '/max_days', message: 'must not be less than min_days' }],
  })
}

const show = (ctx: Ctx, row: ShippingMethodRow): ShippingMethod => ({
  code: row.code,
  name: row.name,
  price: showPrice(unitPrice(row.price, row.vat_rate, ctx.tenant.prices_include_vat), ctx.tenant.currency),
  vat_rate: row.vat_rate,
  min_days: row.min_days,
  max_days: row.max_days,
  requires_address: row.requires_address,
})

const showAll = (ctx: Ctx, row: ShippingMethodRow): AdminShippingMethod => ({
  ...show(ctx, row),
  is_active: row.is_active,
  version: row.version,
})
