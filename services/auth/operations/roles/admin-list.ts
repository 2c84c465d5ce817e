import { keyset, type Page, type PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { roles } from '../../schema.ts'
import type { AdminRole } from '../../shapes/role.ts'
import { selectRole, showRole } from './internal.ts'

const byName = keyset('roles', { name: roles.name })

export async function adminListRoles(ctx: Ctx, query: PageQuery): Promise<Page<AdminRole>> {
  return await byName.list(selectRole(ctx.db), query, showRole)
}
