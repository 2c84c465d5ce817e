import { productImports } from '../../schema.ts'
import type { AdminProductImport, AdminProductImportCard } from '../../shapes/admin-product-import.ts'

type Row = typeof productImports.$inferSelect

/** What a list shows. The problems of an import may be a megabyte. */
export const cardColumns = {
  id: productImports.id,
  status: productImports.status,
  stock: productImports.stock,
  total: productImports.total,
  processed: productImports.processed,
  created: productImports.created,
  updated: productImports.updated,
  unchanged: productImports.unchanged,
  failed: productImports.failed,
  variants: productImports.variants,
  problem_count: productImports.problem_count,
  created_at: productImports.created_at,
  finished_at: productImports.finished_at,
}

export const showImportCard = (row: Pick<Row, keyof typeof cardColumns>): AdminProductImportCard => ({
  id: row.id,
  status: row.status,
  stock: row.stock,
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

export const showImport = (row: Row): AdminProductImport => ({
  ...showImportCard(row),
  problems: row.problems,
})
