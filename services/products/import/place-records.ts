import { madeAt } from '../../../shared/db/columns.ts'
import { inArray } from 'drizzle-orm'
import type { MySqlColumn } from 'drizzle-orm/mysql-core'
import type { Executor } from '../../../shared/db/database.ts'
import { newId } from '../../../shared/kernel/id.ts'
import type { ImportRecord } from './record.ts'
import { nameDigest, slugsOf } from '../../../shared/kernel/slug.ts'
import { brands, categories } from '../schema.ts'

type BrandId = typeof brands.$inferSelect['id']
type CategoryId = typeof categories.$inferSelect['id']
type Table = typeof brands | typeof categories

/** Brand and category of each record, made where they are not there yet. Few statements, however many records. */
export async function placeRecords(tx: Executor, records: ImportRecord[], now: Date) {
  const brandIds = await ensureBrands(tx, records.flatMap(({ brand }) => brand ?? []), now)
  const categoryIds = await ensureCategories(
    tx,
    records.flatMap(({ category }) => category ? [category] : []),
    now,
  )
  return {
    brandOf: ({ brand }: ImportRecord) => brand === undefined ? null : brandIds.get(keyText(brand)) ?? null,
    categoryOf: ({ category }: ImportRecord) =>
      category === undefined ? null : categoryIds.get(pathOf(category)) ?? null,
  }
}

async function ensureBrands(tx: Executor, names: string[], now: Date): Promise<Map<string, BrandId>> {
  const wanted = names.map((name) => ({ name, parent_id: null }))
  return await ensure<BrandId>(tx, brands, wanted, async (rows) => {
    await tx.insert(brands).ignore().values(rows.map(({ name, name_key, slug }) => ({
      id: newId('brand'),
      name,
      name_key,
      slug,
      ...madeAt(now),
    })))
  })
}

/** Level by level from the root: a child needs its parent's id. The key of a path is that of its names. */
async function ensureCategories(
  tx: Executor,
  paths: string[][],
  now: Date,
): Promise<Map<string, CategoryId>> {
  const known = new Map<string, CategoryId>()
  const deepest = Math.max(0, ...paths.map((path) => path.length))
  for (let depth = 1; depth <= deepest; depth++) {
    const level = paths.filter((path) => path.length >= depth).map((path) => path.slice(0, depth))
    const parentOf = (path: string[]) => depth > 1 ? known.get(pathOf(path.slice(0, -1))) ?? null : null
    const wanted = level.map((path) => ({ name: path.at(-1)!, parent_id: parentOf(path) }))
    const found = await ensure<CategoryId>(tx, categories, wanted, async (rows) => {
      await tx.insert(categories).ignore().values(rows.map(({ name, parent_id, name_key, slug }) => ({
        id: newId('cat'),
        name,
        parent_id: parent_id as CategoryId | null,
        name_key,
        slug,
        ...madeAt(now),
      })))
    })
    for (const path of level) known.set(pathOf(path), found.get(keyText(path.at(-1)!, parentOf(path)))!)
  }
  return known
}

type Wanted = { name: string; parent_id: string | null }
type Made = Wanted & { name_key: Uint8Array; slug: string }

/** Ids by what tells names apart: found, or made and found. Throws where others take every slug meanwhile. */
async function ensure<I>(
  tx: Executor,
  table: Table,
  wanted: Wanted[],
  make: (rows: Made[]) => Promise<void>,
): Promise<Map<string, I>> {
  const byKey = new Map(wanted.map((each) => [keyText(each.name, each.parent_id), each]))
  const ids = new Map<string, I>()
  for (let attempt = 0; attempt < 3; attempt++) {
    const missing = [...byKey].filter(([key]) => !ids.has(key))
    if (missing.length === 0) return ids
    for (const { id, name_key } of await rowsWith(tx, table, missing)) ids.set(hex(name_key), id as I)
    const left = missing.filter(([key]) => !ids.has(key))
    if (left.length > 0) await make(await withSlugs(tx, table, left.map(([, each]) => each)))
  }
  const missing = [...byKey].filter(([key]) => !ids.has(key))
  for (const { id, name_key } of await rowsWith(tx, table, missing)) ids.set(hex(name_key), id as I)
  if (ids.size < byKey.size) throw new Error('brands or categories of an import could not be made')
  return ids
}

async function rowsWith(tx: Executor, table: Table, missing: [string, Wanted][]) {
  if (missing.length === 0) return []
  const keys = missing.map(([, { name, parent_id }]) => nameDigest(name, parent_id))
  return await tx.select({ id: table.id as MySqlColumn, name_key: table.name_key }).from(table)
    .where(inArray(table.name_key, keys)) as { id: unknown; name_key: Uint8Array }[]
}

/** Each with the most readable slug that is free, in the table and among these. */
async function withSlugs(tx: Executor, table: Table, rows: Wanted[]): Promise<Made[]> {
  const possible = rows.map(({ name, parent_id }) => slugsOf(name, parent_id, newId('op')))
  const present = await tx.select({ slug: table.slug }).from(table).where(
    inArray(table.slug, possible.flat()),
  )
  const taken = new Set((present as { slug: string }[]).map(({ slug }) => slug))
  return rows.map((row, at) => {
    const free = possible[at]!.find((each) => !taken.has(each))!
    taken.add(free)
    return { ...row, name_key: nameDigest(row.name, row.parent_id), slug: free }
  })
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const keyText = (name: string, parent: string | null = null) => hex(nameDigest(name, parent))
const pathOf = (path: string[]) => JSON.stringify(path.map((name) => keyText(name)))
