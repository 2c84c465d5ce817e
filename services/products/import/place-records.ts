import { inArray } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import { newId } from '../../../../shared/kernel/id.ts'
import { type ImportRecord, slugOr } from '../../domain/import-record.ts'
import { brands, categories } from '../../schema.ts'

type BrandId = typeof brands.$inferSelect['id']
type CategoryId = typeof categories.$inferSelect['id']

/** Brand and category of each record, made where they are not there yet. Few statements, however many records. */
export async function placeRecords(tx: Executor, records: ImportRecord[], now: Date) {
  const brandIds = await ensureBrands(tx, records.flatMap(({ brand }) => brand ?? []), now)
  const categoryIds = await ensureCategories(tx, records.map(({ category }) => category), now)
  return {
    brandOf: ({ brand }: ImportRecord) => brand === null ? null : brandIds.get(slugOr(brand)) ?? null,
    categoryOf: ({ category }: ImportRecord) => categoryIds.get(pathSlug(category)) ?? null,
  }
}

async function ensureBrands(tx: Executor, names: string[], now: Date): Promise<Map<string, BrandId>> {
  const bySlug = new Map(names.map((name) => [slugOr(name), name]))
  return await ensure([...bySlug.keys()], async (slugs) => {
    return await tx.select({ id: brands.id, slug: brands.slug }).from(brands).where(
      inArray(brands.slug, slugs),
    )
  }, async (slugs) => {
    await tx.insert(brands).ignore().values(
      slugs.map((slug) => ({
        id: newId('brand'),
        slug,
        name: bySlug.get(slug)!,
        created_at: now,
        updated_at: now,
      })),
    )
  })
}

/** Level by level from the root: a child needs its parent's id. */
async function ensureCategories(
  tx: Executor,
  paths: string[][],
  now: Date,
): Promise<Map<string, CategoryId>> {
  const known = new Map<string, CategoryId>()
  const deepest = Math.max(0, ...paths.map((path) => path.length))
  for (let depth = 1; depth <= deepest; depth++) {
    const level = new Map(
      paths.filter((path) => path.length >= depth).map((
        path,
      ) => [pathSlug(path.slice(0, depth)), path.slice(0, depth)]),
    )
    const found = await ensure([...level.keys()], async (slugs) => {
      return await tx.select({ id: categories.id, slug: categories.slug }).from(categories).where(
        inArray(categories.slug, slugs),
      )
    }, async (slugs) => {
      await tx.insert(categories).ignore().values(slugs.map((slug) => ({
        id: newId('cat'),
        slug,
        name: level.get(slug)!.at(-1)!,
        parent_id: depth > 1 ? known.get(pathSlug(level.get(slug)!.slice(0, -1))) ?? null : null,
        created_at: now,
        updated_at: now,
      })))
    })
    for (const [slug, id] of found) known.set(slug, id)
  }
  return known
}

const pathSlug = (path: string[]) => path.length === 0 ? '' : slugOr(path.join(' '))

/** Ids by slug: found, or made and found. */
async function ensure<I>(
  slugs: string[],
  find: (slugs: string[]) => Promise<{ id: I; slug: string }[]>,
  make: (slugs: string[]) => Promise<void>,
): Promise<Map<string, I>> {
  if (slugs.length === 0) return new Map()
  const ids = new Map((await find(slugs)).map(({ id, slug }) => [slug, id]))
  const missing = slugs.filter((slug) => !ids.has(slug))
  if (missing.length === 0) return ids
  await make(missing)
  for (const { id, slug } of await find(missing)) ids.set(slug, id)
  return ids
}
