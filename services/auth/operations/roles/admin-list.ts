import { asc, gt } from 'drizzle-orm'
import { encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import { nameOfCursor } from '../../cursors.ts'
import type { Ctx } from '../../needs.ts'
import { roles } from '../../schema.ts'
import type { AdminRole } from '../../shapes/role.ts'
import { selectRole, showRole } from './internal.ts'

export async function adminListRoles(
  ctx: Ctx,
  query: { limit: number; cursor?: string },
): Promise<Page<AdminRole>> {
  const after = nameOfCursor('roles', query.cursor)
  const rows = await selectRole(ctx.db)
    .where(after === undefined ? undefined : gt(roles.name, after))
    .orderBy(asc(roles.name))
    .limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('roles', [row.name]), showRole)
}
