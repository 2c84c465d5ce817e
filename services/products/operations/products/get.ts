import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { findDocument, type StoredAnswer } from '../../queries/documents.ts'

/**
 * The answer for a product by id or slug, as text. Throws `not_found` for what shoppers don't see: drafts, archived and
 * deleted products.
 */
export async function getProduct(ctx: Ctx, idOrSlug: string): Promise<StoredAnswer> {
  const answer = await findDocument(ctx.db, idOrSlug)
  if (!answer) throw new Problem('not_found')
  return answer
}
