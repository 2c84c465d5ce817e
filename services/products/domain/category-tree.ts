type Parents<C extends string> = ReadonlyMap<C, C | null>

/** Whether `category` would be its own ancestor under `parent`. */
export function wouldCycle<C extends string>(parents: Parents<C>, category: C, parent: C | null): boolean {
  for (let at: C | null | undefined = parent; at; at = parents.get(at)) if (at === category) return true
  return false
}

/** A category and everything below it. */
export function subtreeOf<C extends string>(parents: Parents<C>, root: C): C[] {
  const children = new Map<C, C[]>()
  for (const [category, parent] of parents) {
    if (parent !== null) children.set(parent, [...children.get(parent) ?? [], category])
  }
  const found = [root]
  for (const each of found) found.push(...children.get(each) ?? [])
  return found
}

/** Nests rows under their parents, each level in the order given. A row without its parent is left out. */
export function nest<R extends { id: string; parent_id: string | null }, N extends { children: N[] }>(
  rows: R[],
  node: (row: R) => N,
): { roots: N[]; byId: Map<string, N> } {
  const byId = new Map(rows.map((row) => [row.id, node(row)]))
  const roots: N[] = []
  for (const { id, parent_id } of rows) {
    const siblings = parent_id === null ? roots : byId.get(parent_id)?.children
    siblings?.push(byId.get(id)!)
  }
  return { roots, byId }
}
