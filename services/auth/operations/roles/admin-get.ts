import type { Ctx } from '../../needs.ts'
import type { AdminRole } from '../../shapes/role.ts'
import { fetchRole, type RoleId, showRole } from './internal.ts'

/** Throws `not_found`. */
export async function adminGetRole(ctx: Ctx, id: RoleId): Promise<AdminRole> {
  return showRole(await fetchRole(ctx.db, id))
}
