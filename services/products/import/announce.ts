import { eq, inArray } from 'drizzle-orm'
import type { Tx } from '../../../shared/service/context.ts'
import { priceChanged, productCreated } from '../events.ts'
import { products, vatRates } from '../schema.ts'
import { announceStock } from '../writes/announce-stock.ts'
import { announceUpdate } from '../writes/announce-update.ts'
import type { VariantRow } from './merge-variants.ts'
import type { Created } from './create-products.ts'

type Product = typeof products.$inferSelect

/** Prices and stock that the file changed. */
export function announceVariants(
  tx: Tx,
  product: Product,
  changed: VariantRow[],
  previous: Map<string, VariantRow>,
): void {
  for (const variant of changed) {
    const old = previous.get(variant.id)
    if (!old) continue
    if (old.price !== variant.price) {
      tx.emit(priceChanged, {
        product_id: product.id,
        variant_id: variant.id,
        old_price: old.price,
        new_price: variant.price,
      })
    }
    announceStock(tx, variant, product.ref, old.stock, 'import')
  }
}

/** Every product that was created or updated, with what it costs now. */
export async function announceAll(
  tx: Tx,
  created: Created[],
  updated: { product: Product; old: Product }[],
): Promise<void> {
  const [rate] = await tx.select({ rate: vatRates.rate }).from(vatRates).where(eq(vatRates.is_default, true))
  const ids = [...created, ...updated].map(({ product }) => product.id)
  const rows = await tx.select({ id: products.id, price_min: products.price_min }).from(products)
    .where(inArray(products.id, ids))
  const prices = new Map(rows.map(({ id, price_min }) => [id, price_min]))
  for (const { product, variants } of created) {
    const { id, ref, name, status, brand_id, created_at } = product
    tx.emit(productCreated, {
      product_id: id,
      ref,
      name,
      status,
      brand_id,
      price: prices.get(id) ?? null,
      stock: variants.reduce((sum, { stock }) => sum + stock, 0),
      vat_rate: rate?.rate ?? 0,
      created_at: created_at.toISOString(),
    })
  }
  for (const { product, old } of updated) {
    announceUpdate(tx, { ...product, price_min: prices.get(product.id) ?? null }, old.price_min, ['import'])
  }
}
