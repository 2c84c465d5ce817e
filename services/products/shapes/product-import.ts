import { z } from '@hono/zod-openapi'
import { Id, Instant } from '../../../shared/http/schemas.ts'

/** So many problems of an import are kept; `problem_count` counts them all. */
export const MAX_PROBLEMS = 1_000

const counts = {
  id: Id('imp'),
  status: z.enum(['pending', 'running', 'done', 'failed']),
  total: z.int().openapi({ description: 'Products of the file; 0 until it has been read' }),
  processed: z.int(),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  failed: z.int().openapi({ description: 'Products that could not be stored: their problems say why' }),
  variants: z.int().openapi({ description: 'Variants of the products that were created or updated' }),
  problem_count: z.int(),
  created_at: Instant,
  finished_at: Instant.nullable(),
}

export const ProductImportCard = z.object(counts).openapi('ProductImportCard')
export type ProductImportCard = z.infer<typeof ProductImportCard>

export const ImportProblem = z.object({
  line: z.int().openapi({ description: 'Line of the file, from 1, as an editor numbers it', example: 17 }),
  handle: z.string().nullable(),
  severity: z.enum(['error', 'warning']),
  code: z.string().openapi({ example: 'amount_unreadable' }),
  message: z.string(),
}).openapi('ImportProblem')

export const ProductImport = z.object({
  ...counts,
  problems: z.array(ImportProblem).openapi({ description: `By line; the first ${MAX_PROBLEMS}` }),
}).openapi('ProductImport')
export type ProductImport = z.infer<typeof ProductImport>
