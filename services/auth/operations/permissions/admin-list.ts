import { keyset, type Page, type PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { permissions } from '../../schema.ts'
import type { AdminPermission } from '../../shapes/permission.ts'
import { showPermission } from './internal.ts'

const byName = keyset('permissions', { name: permissions.name })

export async function adminListPermissions(
  ctx: Ctx,
  { cursor, limit }: PageQuery,
): Promise<Page<AdminPermission>> {
  const rows = await ctx.db.select().from(permissions)
    .where(byName.after(cursor)).orderBy(...byName.order).limit(limit + 1)
  return byName.page(rows, limit, showPermission)
}
