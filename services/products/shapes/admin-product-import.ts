import { z } from '@hono/zod-openapi'
import { Id, Instant } from '../../../shared/http/schemas.ts'

/** So many problems of an import are kept, errors before warnings; `problem_count` counts them all. */
export const MAX_PROBLEMS = 1_000

export const StockPolicy = z.enum(['keep', 'set'])
export type StockPolicy = z.infer<typeof StockPolicy>

const counts = {
  id: Id('imp'),
  status: z.enum(['uploading', 'pending', 'reading', 'storing', 'done', 'failed']).openapi({
    description: '`failed`: the file could not be read or not to its end; its problems say why',
  }),
  stock: StockPolicy,
  total: z.int().openapi({ description: 'Products of the file; 0 until it has been read' }),
  processed: z.int(),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  failed: z.int().openapi({ description: 'Products that could not be stored: their problems say why' }),
  variants: z.int().openapi({ description: 'Variants that were created or updated' }),
  problem_count: z.int(),
  created_at: Instant,
  finished_at: Instant.nullable(),
}

export const AdminProductImportCard = z.object(counts).openapi('AdminProductImportCard')
export type AdminProductImportCard = z.infer<typeof AdminProductImportCard>

export const ImportProblem = z.object({
  line: z.int().openapi({ description: 'Line of the file, from 1, as an editor numbers it', example: 17 }),
  handle: z.string().nullable(),
  severity: z.enum(['error', 'warning']).openapi({
    description: 'error: a line or a value was left out; warning: it was taken with a change',
  }),
  code: z.string().openapi({ example: 'amount_unreadable' }),
  message: z.string(),
}).openapi('ImportProblem')

export const AdminProductImport = z.object({
  ...counts,
  problems: z.array(ImportProblem).openapi({
    description: `By line; of more than ${MAX_PROBLEMS} errors come before warnings`,
  }),
}).openapi('AdminProductImport')
export type AdminProductImport = z.infer<typeof AdminProductImport>
