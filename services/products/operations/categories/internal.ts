import { asc, eq } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import { found, onDuplicate } from '../../../../shared/db/rows.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { depthUnder, MAX_DEPTH, wouldCycle } from '../../domain/category-tree.ts'
import { categories } from '../../schema.ts'
import type { AdminCategory } from '../../shapes/category.ts'

type Row = typeof categories.$inferSelect
export type CategoryId = Row['id']

/** Throws `not_found`. */
export async function fetchCategory(db: Executor, id: CategoryId): Promise<Row> {
  return found(await db.select().from(categories).where(eq(categories.id, id)))
}

/** One change of the tree at a time: two moves that are fine alone could make a circle together. */
export async function lockTree(tx: Executor): Promise<Map<CategoryId, CategoryId | null>> {
  const rows = await tx.select({ id: categories.id, parent_id: categories.parent_id }).from(categories)
    .orderBy(asc(categories.id)).for('update')
  return new Map(rows.map(({ id, parent_id }) => [id, parent_id]))
}

/** Throws `validation_failed` for a parent that isn't there, is `id` or below it, or is too deep. */
export function checkParent(
  tree: Map<CategoryId, CategoryId | null>,
  id: CategoryId,
  parent: CategoryId,
): void {
  const message = !tree.has(parent)
    ? 'is no category of this shop'
    : wouldCycle(tree, id, parent)
    ? 'is this category or one below it'
    : depthUnder(tree, id, parent) > MAX_DEPTH
    ? `would make more than ${MAX_DEPTH} levels`
    : undefined
  if (message) {
    throw new Problem('validation_failed', undefined, { errors: [{ pointer: '/parent_id', message }] })
  }
}

export const showAdminCategory = (
  { id, parent_id, name, slug, description, image_url, position, is_active }: Row,
): AdminCategory => ({ id, parent_id, name, slug, description, image_url, position, is_active })

export const refuseTaken = onDuplicate({
  categories_slug: 'A category has this slug already',
  categories_name_key: 'A category beside it has this name already',
})
