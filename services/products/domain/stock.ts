/** Most that a stock can hold: an INT. */
export const MAX_STOCK = 2_147_483_647

type Shelf = { stock: number; reserved: number; tracks_stock: boolean; allows_backorder: boolean }

/** Units that can still be sold; null: without limit. */
export const availableOf = (variant: Shelf) =>
  variant.tracks_stock && !variant.allows_backorder ? Math.max(0, variant.stock - variant.reserved) : null

/** Whether one can be bought now. */
export const isSellable = (variant: Shelf & { price: number | null }): boolean =>
  variant.price !== null && availableOf(variant) !== 0

/** Whether the first unit came or the last one went, `change` being what the units free to be sold grew by. */
export const flips = (variant: Shelf, change: number): boolean => {
  if (!variant.tracks_stock || variant.allows_backorder) return false
  const free = variant.stock - variant.reserved
  return (free > 0) !== (free - change > 0)
}

/** The lines of an order by variant, ordered by id: rows are always locked in this order. */
export function sumByVariant<V extends string>(lines: { variant_id: V; quantity: number }[]) {
  const sums = new Map<V, number>()
  for (const { variant_id, quantity } of lines) sums.set(variant_id, (sums.get(variant_id) ?? 0) + quantity)
  return [...sums].map(([variant_id, quantity]) => ({ variant_id, quantity }))
    .sort((a, b) => a.variant_id < b.variant_id ? -1 : 1)
}
