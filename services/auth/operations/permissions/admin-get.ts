import type { Ctx } from '../../needs.ts'
import type { AdminPermission } from '../../shapes/permission.ts'
import { fetchPermission, type PermissionId, showPermission } from './internal.ts'

/** Throws `not_found`. */
export async function adminGetPermission(ctx: Ctx, id: PermissionId): Promise<AdminPermission> {
  return showPermission(await fetchPermission(ctx.db, id))
}
