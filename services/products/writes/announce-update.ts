import type { Tx } from '../../../shared/service/context.ts'
import { productUpdated } from '../events.ts'
import type { products } from '../schema.ts'

/** Tells of a product that was changed, with what it costs from now and did before. */
export function announceUpdate(
  tx: Tx,
  product: Pick<typeof products.$inferSelect, 'id' | 'ref' | 'name' | 'status' | 'price_min' | 'updated_at'>,
  previous_price: number | null,
  updated_fields: string[],
): void {
  tx.emit(productUpdated, {
    product_id: product.id,
    ref: product.ref,
    name: product.name,
    status: product.status,
    price: product.price_min,
    previous_price,
    updated_fields,
    updated_at: product.updated_at.toISOString(),
  })
}
