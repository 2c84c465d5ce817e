import { and, eq, isNull, sql } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { availableOf, flips, MAX_STOCK } from '../../domain/stock.ts'
import type { Ctx } from '../../needs.ts'
import { products, variants } from '../../schema.ts'
import type { StockChange, StockLevel } from '../../shapes/variant.ts'
import { announceStock } from '../../writes/announce-stock.ts'
import { announceFlips } from './internal.ts'

type VariantId = `var_${string}`

/** Throws `out_of_stock` where less would be left than pending orders hold, `not_found`, `validation_failed`. */
export async function adminAdjustStock(ctx: Ctx, id: VariantId, change: StockChange): Promise<StockLevel> {
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
    const variant = { ...row.variant, stock }
    announceStock(tx, variant, row.ref, row.variant.stock, change.reason)
    if (flips(variant, stock - row.variant.stock)) await announceFlips(ctx, tx, [variant.product_id])
    return {
      variant_id: id,
      stock,
      reserved: row.variant.reserved,
      available: availableOf(variant),
    }
  })
}

const levels = {
  set: (_: number, quantity: number) => quantity,
  increment: (stock: number, quantity: number) => stock + quantity,
  decrement: (stock: number, quantity: number) => stock - quantity,
}
