import type { Tx } from '../../../shared/service/context.ts'
import { inventoryUpdated, outOfStock } from '../events.ts'
import type { variants } from '../schema.ts'

type Variant = typeof variants.$inferSelect

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
