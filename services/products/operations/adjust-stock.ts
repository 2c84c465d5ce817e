import { and, eq, isNull, sql } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import type { Tx } from '../../../shared/service/context.ts'
import { availableOf } from '../domain/stock.ts'
import { inventoryUpdated, outOfStock } from '../events.ts'
import type { Ctx } from '../needs.ts'
import { products, variants } from '../schema.ts'
import type { StockChange, StockLevel } from '../shapes/variant.ts'

type Variant = typeof variants.$inferSelect
const MAX_STOCK = 2_147_483_647

/** Throws `out_of_stock` where less would be left than pending orders hold, `not_found`, `validation_failed`. */
export async function adjustStock(ctx: Ctx, id: Variant['id'], change: StockChange): Promise<StockLevel> {
  return await ctx.transaction(async (tx) => {
    const [row] = await tx.select({ variant: variants, ref: products.ref }).from(variants)
      .innerJoin(products, eq(products.id, variants.product_id))
      .where(and(eq(variants.id, id), isNull(products.deleted_at))).for('update')
    if (!row) throw new Problem('not_found')
    const stock = levels[change.operation](row.variant.stock, change.quantity)
    if (stock > MAX_STOCK) {
      throw new Problem('validation_failed', undefined, {
        errors: [{ pointer: '/quantity', message: 'is more than can be kept' }],
      })
    }
    const result = await tx.update(variants).set({ stock, updated_at: ctx.now() })
      .where(and(eq(variants.id, id), sql`${stock} >= ${variants.reserved}`))
    if (affectedRows(result) === 0) {
      const { reserved } = row.variant
      throw new Problem('out_of_stock', `Pending orders hold ${reserved} of ${row.variant.stock} units`, {
        lines: [{ variant_id: id, requested: change.quantity, available: row.variant.stock - reserved }],
      })
    }
    tx.audit('stock.adjusted', id, { ...change, previous: row.variant.stock, stock })
    announceStock(tx, { ...row.variant, stock }, row.ref, row.variant.stock, change.reason)
    return {
      variant_id: id,
      stock,
      reserved: row.variant.reserved,
      available: availableOf({ ...row.variant, stock }),
    }
  })
}

const levels = {
  set: (_: number, quantity: number) => quantity,
  increment: (stock: number, quantity: number) => stock + quantity,
  decrement: (stock: number, quantity: number) => stock - quantity,
}

/** Tells of a changed stock, and once more when the last unit is gone. */
export function announceStock(
  tx: Tx,
  variant: Pick<Variant, 'id' | 'product_id' | 'sku' | 'stock' | 'reserved'>,
  ref: string,
  previous_stock: number,
  reason: string,
): void {
  const { id: variant_id, product_id, sku, stock, reserved } = variant
  if (stock === previous_stock) return
  const change = stock - previous_stock
  tx.emit(inventoryUpdated, {
    product_id,
    variant_id,
    sku,
    previous_stock,
    new_stock: stock,
    change,
    available: Math.max(0, stock - reserved),
    reason,
  })
  if (stock === 0) tx.emit(outOfStock, { product_id, variant_id, ref })
}
