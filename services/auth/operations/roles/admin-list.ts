import { keyset, type Page, type PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { roles } from '../../schema.ts'
import type { AdminRole } from '../../shapes/role.ts'
import { selectRole, showRole } from './internal.ts'

const byName = keyset('roles', { name: roles.name })

export async function adminListRoles(ctx: Ctx, { cursor, limit }: PageQuery): Promise<Page<AdminRole>> {
  const rows = await selectRole(ctx.db)
    .where(byName.after(cursor)).orderBy(...byName.order).limit(limit + 1)
  return byName.page(rows, limit, showRole)
}
