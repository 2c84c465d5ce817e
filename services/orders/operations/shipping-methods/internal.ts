import { eq } from 'drizzle-orm'
import { found } from '../../../../shared/db/rows.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { keyset } from '../../../../shared/http/pagination.ts'
import { showPrice, unitPrice } from '../../../../shared/kernel/vat.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { shippingMethodsChanged } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { type ShippingMethodRow, shippingMethods } from '../../schema.ts'
import type { AdminShippingMethod, ShippingMethod } from '../../shapes/shipping-method.ts'

const { price, code } = shippingMethods
export const cheapestFirst = keyset('price', { price, code })

/** Throws `not_found`. */
export const fetchMethod = async (ctx: Ctx, code: string): Promise<ShippingMethodRow> =>
  found(await ctx.db.select().from(shippingMethods).where(eq(shippingMethods.code, code)))

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

/** Part of every change of what shoppers can choose: answers kept at the edge are out of date. */
export const announceMethods = (ctx: Ctx, tx: Tx): void =>
  tx.emit(shippingMethodsChanged, { website_id: ctx.tenant.website, changed_at: ctx.now().toISOString() })
