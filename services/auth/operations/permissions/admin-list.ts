import { keyset, type Page, type PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { permissions } from '../../schema.ts'
import type { AdminPermission } from '../../shapes/permission.ts'
import { showPermission } from './internal.ts'

const byName = keyset('permissions', { name: permissions.name })

export async function adminListPermissions(ctx: Ctx, query: PageQuery): Promise<Page<AdminPermission>> {
  return await byName.list(ctx.db.select().from(permissions), query, showPermission)
}
