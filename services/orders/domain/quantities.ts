/** What of each variant, however many lines hold it, in one fixed order: the form in which stock is asked for. */
export function quantities<V extends string>(lines: { variant_id: V; quantity: number }[]) {
  const byVariant = new Map<V, number>()
  for (const { variant_id, quantity } of lines) {
    byVariant.set(variant_id, (byVariant.get(variant_id) ?? 0) + quantity)
  }
  return [...byVariant].map(([variant_id, quantity]) => ({ variant_id, quantity }))
    .sort((a, b) => (a.variant_id < b.variant_id ? -1 : 1))
}
