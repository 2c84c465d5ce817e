import { groupBy } from './group.ts'

type Parents<C extends string> = ReadonlyMap<C, C | null>

/** Whether `category` would be its own ancestor under `parent`. */
export function wouldCycle<C extends string>(parents: Parents<C>, category: C, parent: C | null): boolean {
  for (let at: C | null | undefined = parent; at; at = parents.get(at)) if (at === category) return true
  return false
}

/** A category and everything below it, level by level. */
export function subtreeOf<C extends string>(parents: Parents<C>, root: C): C[] {
  return levelsBelow(parents, root).flat()
}

/** Deeper trees help nobody, and a server follows no recursion without end. */
export const MAX_DEPTH = 10

/** How many levels there would be, from the root to the last one below `category`, with it under `parent`. */
export function depthUnder<C extends string>(parents: Parents<C>, category: C, parent: C | null): number {
  let above = 0
  for (let at: C | null | undefined = parent; at; at = parents.get(at)) above++
  return above + levelsBelow(parents, category).length
}

function levelsBelow<C extends string>(parents: Parents<C>, root: C): C[][] {
  const children = groupBy(parents.keys(), (category) => parents.get(category) ?? null)
  const levels: C[][] = []
  for (let level = [root]; level.length > 0; level = level.flatMap((each) => children.get(each) ?? [])) {
    levels.push(level)
  }
  return levels
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
