/** Units that can still be sold; null: without limit. */
export const availableOf = (
  variant: { stock: number; reserved: number; tracks_stock: boolean; allows_backorder: boolean },
) => variant.tracks_stock && !variant.allows_backorder ? Math.max(0, variant.stock - variant.reserved) : null

/** The lines of an order by variant, ordered by id: rows are always locked in this order. */
export function sumByVariant<V extends string>(lines: { variant_id: V; quantity: number }[]) {
  const sums = new Map<V, number>()
  for (const { variant_id, quantity } of lines) sums.set(variant_id, (sums.get(variant_id) ?? 0) + quantity)
  return [...sums].map(([variant_id, quantity]) => ({ variant_id, quantity }))
    .sort((a, b) => a.variant_id < b.variant_id ? -1 : 1)
}
