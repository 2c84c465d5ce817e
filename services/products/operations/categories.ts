import { and, asc, eq, gt, inArray, isNull } from 'drizzle-orm'
import { type Executor, isDuplicate } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { decodeCursor, encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import { subtreeOf, wouldCycle } from '../domain/category-tree.ts'
import { slug } from '../domain/slug.ts'
import type { Ctx } from '../needs.ts'
import { categories, productCategories, products } from '../schema.ts'
import type { CategoryChanges, NewCategory, StaffCategory } from '../shapes/category.ts'

type Row = typeof categories.$inferSelect
type CategoryId = Row['id']

/** Hidden ones too, as a flat list in the order of creation. Throws `invalid_cursor`. */
export async function listStaffCategories(
  ctx: Ctx,
  query: { limit: number; cursor?: string },
): Promise<Page<StaffCategory>> {
  const after = decodeCursor('created', 1, query.cursor) as [CategoryId] | undefined
  const rows = await ctx.db.select().from(categories)
    .where(after && gt(categories.id, after[0])).orderBy(asc(categories.id)).limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('created', [row.id]), show)
}

export async function getStaffCategory(ctx: Ctx, id: CategoryId): Promise<StaffCategory> {
  return show(await fetchCategory(ctx.db, id))
}

/** Throws `already_exists` for a slug in use, `validation_failed` for a parent that isn't there. */
export async function createCategory(ctx: Ctx, input: NewCategory): Promise<StaffCategory> {
  return await ctx.transaction(async (tx) => {
    const id = ctx.newId('cat')
    if (input.parent_id) checkParent(await lockTree(tx), id, input.parent_id)
    const row = { ...input, id, slug: input.slug ?? (slug(input.name) || `category-${id.slice(-8)}`) }
    await tx.insert(categories).values({ ...row, created_at: ctx.now(), updated_at: ctx.now() }).catch(
      refuseTaken,
    )
    tx.audit('category.created', id, input)
    return show(await fetchCategory(tx, id))
  })
}

/** Throws `validation_failed` for a parent below it, `not_found`, `already_exists`. */
export async function changeCategory(
  ctx: Ctx,
  id: CategoryId,
  changes: CategoryChanges,
): Promise<StaffCategory> {
  return await ctx.transaction(async (tx) => {
    if (changes.parent_id) checkParent(await lockTree(tx), id, changes.parent_id)
    await fetchCategory(tx, id)
    await tx.update(categories).set({ ...changes, updated_at: ctx.now() }).where(eq(categories.id, id)).catch(
      refuseTaken,
    )
    tx.audit('category.updated', id, changes)
    return show(await fetchCategory(tx, id))
  })
}

/** Takes everything below it along. Throws `in_use` while a product is in any of them, `not_found`. */
export async function deleteCategory(ctx: Ctx, id: CategoryId): Promise<void> {
  await ctx.transaction(async (tx) => {
    const tree = await lockTree(tx)
    if (!tree.has(id)) throw new Problem('not_found')
    const ids = subtreeOf(tree, id)
    const used = await tx.select({ id: products.id }).from(productCategories)
      .innerJoin(products, eq(products.id, productCategories.product_id))
      .where(and(inArray(productCategories.category_id, ids), isNull(products.deleted_at))).limit(1)
    if (used.length > 0) throw new Problem('in_use', 'Products are in this category or below it')
    await tx.delete(categories).where(inArray(categories.id, ids))
    tx.audit('category.deleted', id, { ids })
  })
}

/** One change of the tree at a time: two moves that are fine alone could make a circle together. */
async function lockTree(tx: Executor): Promise<Map<CategoryId, CategoryId | null>> {
  const rows = await tx.select({ id: categories.id, parent_id: categories.parent_id }).from(categories)
    .orderBy(asc(categories.id)).for('update')
  return new Map(rows.map(({ id, parent_id }) => [id, parent_id]))
}

function checkParent(tree: Map<CategoryId, CategoryId | null>, id: CategoryId, parent: CategoryId): void {
  const message = !tree.has(parent)
    ? 'is no category of this shop'
    : wouldCycle(tree, id, parent)
    ? 'is this category or one below it'
    : undefined
  if (message) {
    throw new Problem('validation_failed', undefined, { errors: [{ pointer: '/parent_id', message }] })
  }
}

async function fetchCategory(db: Executor, id: CategoryId): Promise<Row> {
  const [row] = await db.select().from(categories).where(eq(categories.id, id))
  if (!row) throw new Problem('not_found')
  return row
}

function show({ created_at: _, updated_at: __, ...category }: Row): StaffCategory {
  return category
}

function refuseTaken(error: unknown): never {
  if (isDuplicate(error, 'categories_slug')) {
    throw new Problem('already_exists', 'A category has this slug already')
  }
  throw error
}
