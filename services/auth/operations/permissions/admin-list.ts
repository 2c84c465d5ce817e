import { asc, gt } from 'drizzle-orm'
import { encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import { nameOfCursor } from '../../cursors.ts'
import type { Ctx } from '../../needs.ts'
import { permissions } from '../../schema.ts'
import type { AdminPermission } from '../../shapes/permission.ts'
import { showPermission } from './internal.ts'

export async function adminListPermissions(
  ctx: Ctx,
  query: { limit: number; cursor?: string },
): Promise<Page<AdminPermission>> {
  const after = nameOfCursor('permissions', query.cursor)
  const rows = await ctx.db.select().from(permissions)
    .where(after === undefined ? undefined : gt(permissions.name, after))
    .orderBy(asc(permissions.name))
    .limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('permissions', [row.name]), showPermission)
}
