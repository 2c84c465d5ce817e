import { and, asc, desc, eq, inArray, lt, lte } from 'drizzle-orm'
import { affectedRows, type Executor } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { decodeCursor, encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { importFiles, productImports } from '../../schema.ts'
import type { ProductImport, ProductImportCard } from '../../shapes/product-import.ts'

type Row = typeof productImports.$inferSelect
type ImportId = Row['id']

/** A process that shows no progress for this long is taken for dead, and another goes on. Reading 50 MB takes 8 s. */
export const LEASE_MS = 60_000

const isOpen = inArray(productImports.status, ['pending', 'running'])

export async function fetchImport(db: Executor, id: ImportId): Promise<Row> {
  const [row] = await db.select().from(productImports).where(eq(productImports.id, id))
  if (!row) throw new Problem('not_found')
  return row
}

/** False while another process works on it, or when it has ended. */
export async function claimImport(ctx: Ctx, id: ImportId): Promise<boolean> {
  const now = ctx.now()
  const result = await ctx.db.update(productImports).set({ lease_until: new Date(now.getTime() + LEASE_MS) })
    .where(and(eq(productImports.id, id), isOpen, lte(productImports.lease_until, now)))
  return affectedRows(result) === 1
}

export async function findAbandoned(db: Executor, now: Date): Promise<ImportId[]> {
  const rows = await db.select({ id: productImports.id }).from(productImports)
    .where(and(isOpen, lt(productImports.lease_until, now))).orderBy(asc(productImports.id)).limit(10)
  return rows.map(({ id }) => id)
}

export async function readFile(db: Executor, id: ImportId): Promise<Uint8Array> {
  const parts = await db.select({ bytes: importFiles.bytes }).from(importFiles)
    .where(eq(importFiles.import_id, id)).orderBy(asc(importFiles.position))
  return new Uint8Array(Buffer.concat(parts.map(({ bytes }) => bytes)))
}

/** Newest first. Throws `invalid_cursor`. */
export async function listImports(
  ctx: Ctx,
  query: { limit: number; cursor?: string },
): Promise<Page<ProductImportCard>> {
  const after = decodeCursor('created', 1, query.cursor) as [ImportId] | undefined
  const rows = await ctx.db.select(cardColumns).from(productImports)
    .where(after && lt(productImports.id, after[0])).orderBy(desc(productImports.id)).limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('created', [row.id]), showImportCard)
}

/** Throws `not_found`. */
export async function getImport(ctx: Ctx, id: ImportId): Promise<ProductImport> {
  const row = await fetchImport(ctx.db, id)
  return { ...showImportCard(row), problems: [...row.problems].sort((a, b) => a.line - b.line) }
}

const {
  id,
  status,
  total,
  processed,
  created,
  updated,
  unchanged,
  failed,
  variants,
  problem_count,
  created_at,
  finished_at,
} = productImports
const cardColumns = {
  id,
  status,
  total,
  processed,
  created,
  updated,
  unchanged,
  failed,
  variants,
  problem_count,
  created_at,
  finished_at,
}

export const showImportCard = (row: Pick<Row, keyof typeof cardColumns>): ProductImportCard => ({
  id: row.id,
  status: row.status,
  total: row.total,
  processed: row.processed,
  created: row.created,
  updated: row.updated,
  unchanged: row.unchanged,
  failed: row.failed,
  variants: row.variants,
  problem_count: row.problem_count,
  created_at: row.created_at.toISOString(),
  finished_at: row.finished_at?.toISOString() ?? null,
})
