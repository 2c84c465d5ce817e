import { idToBytes } from '../../shared/kernel/id.ts'
import type { Shop } from './shops.ts'

type Sold = { units: number; orders: number }

/** Units of a variant in orders of these states, straight from the orders database. */
export async function unitsIn(shop: Shop, variantId: string, ...statuses: string[]): Promise<Sold> {
  const [row] = await shop.rows<{ units: string | null; orders: number }>(
    'orders',
    `SELECT SUM(l.quantity) AS units, COUNT(DISTINCT o.id) AS orders FROM orders o
     JOIN JSON_TABLE(o.lines, '$[*]' COLUMNS (variant_id VARCHAR(40) PATH '$.variant_id', quantity INT PATH '$.quantity')) l
     WHERE l.variant_id = ? AND o.status IN (?)`,
    [variantId, statuses],
  )
  return { units: Number(row!.units ?? 0), orders: row!.orders }
}

export async function stockOf(shop: Shop, variantId: string): Promise<{ stock: number; reserved: number }> {
  const [row] = await shop.rows<{ stock: number; reserved: number }>(
    'products',
    'SELECT stock, reserved FROM variants WHERE id = ?',
    [Buffer.from(idToBytes('var', variantId))],
  )
  return row!
}
