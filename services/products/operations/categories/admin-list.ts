import { keyset, type Page, type PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { categories } from '../../schema.ts'
import type { AdminCategory } from '../../shapes/category.ts'
import { showAdminCategory } from './internal.ts'

const byCreation = keyset('created', { id: categories.id })

/** Hidden ones too, as a flat list in the order of creation. Throws `invalid_cursor`. */
export async function adminListCategories(ctx: Ctx, query: PageQuery): Promise<Page<AdminCategory>> {
  return await byCreation.list(ctx.db.select().from(categories), query, showAdminCategory)
}
