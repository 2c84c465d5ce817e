import { and, asc, eq, gt, isNull, or } from 'drizzle-orm'
import { type Executor, isDuplicate } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { decodeCursor, encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import { slug } from '../domain/slug.ts'
import type { Ctx } from '../needs.ts'
import { brands, products } from '../schema.ts'
import type { BrandChanges, NewBrand, StaffBrand } from '../shapes/brand.ts'
import { refreshProducts } from './refresh-products.ts'

type Row = typeof brands.$inferSelect
type BrandId = Row['id']

/** Hidden ones too, by name. Throws `invalid_cursor`. */
export async function listStaffBrands(
  ctx: Ctx,
  query: { limit: number; cursor?: string },
): Promise<Page<StaffBrand>> {
  const after = decodeCursor('name', 2, query.cursor) as [string, BrandId] | undefined
  const rows = await ctx.db.select().from(brands)
    .where(after && or(gt(brands.name, after[0]), and(eq(brands.name, after[0]), gt(brands.id, after[1]))))
    .orderBy(asc(brands.name), asc(brands.id)).limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('name', [row.name, row.id]), show)
}

export async function getStaffBrand(ctx: Ctx, id: BrandId): Promise<StaffBrand> {
  return show(await fetchBrand(ctx.db, id))
}

/** Throws `already_exists` for a slug in use. */
export async function createBrand(ctx: Ctx, input: NewBrand): Promise<StaffBrand> {
  return await ctx.transaction(async (tx) => {
    const id = ctx.newId('brand')
    const row = { ...input, id, slug: input.slug ?? (slug(input.name) || `brand-${id.slice(-8)}`) }
    await tx.insert(brands).values({ ...row, created_at: ctx.now(), updated_at: ctx.now() }).catch(
      refuseTaken,
    )
    tx.audit('brand.created', id, input)
    return show(await fetchBrand(tx, id))
  })
}

/** A new name reaches the search words of its products in the same transaction. */
export async function changeBrand(ctx: Ctx, id: BrandId, changes: BrandChanges): Promise<StaffBrand> {
  return await ctx.transaction(async (tx) => {
    const before = await fetchBrand(tx, id)
    await tx.update(brands).set({ ...changes, updated_at: ctx.now() }).where(eq(brands.id, id)).catch(
      refuseTaken,
    )
    if (changes.name !== undefined && changes.name !== before.name) {
      const rows = await tx.select({ id: products.id }).from(products).where(eq(products.brand_id, id))
      await refreshProducts(tx, rows.map((row) => row.id))
    }
    tx.audit('brand.updated', id, changes)
    return show(await fetchBrand(tx, id))
  })
}

/** Throws `in_use` while products are of this brand, `not_found`. */
export async function deleteBrand(ctx: Ctx, id: BrandId): Promise<void> {
  await ctx.transaction(async (tx) => {
    // Locked, so that no product can take it between the look and the end.
    const [brand] = await tx.select().from(brands).where(eq(brands.id, id)).for('update')
    if (!brand) throw new Problem('not_found')
    const used = await tx.select({ id: products.id }).from(products)
      .where(and(eq(products.brand_id, id), isNull(products.deleted_at))).limit(1)
    if (used.length > 0) throw new Problem('in_use', 'Products are of this brand')
    await tx.delete(brands).where(eq(brands.id, id))
    tx.audit('brand.deleted', id, { name: brand.name })
  })
}

async function fetchBrand(db: Executor, id: BrandId): Promise<Row> {
  const [row] = await db.select().from(brands).where(eq(brands.id, id))
  if (!row) throw new Problem('not_found')
  return row
}

function show({ created_at: _, updated_at: __, ...brand }: Row): StaffBrand {
  return brand
}

function refuseTaken(error: unknown): never {
  if (isDuplicate(error, 'brands_slug')) throw new Problem('already_exists', 'A brand has this slug already')
  throw error
}
