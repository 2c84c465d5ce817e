import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import type { AddedPermissions, AdminRole } from '../../shapes/role.ts'
import { fetchRole, lockRole, type RoleId, setPermissions, showRole } from './internal.ts'

/** Adds to what the role grants. Throws like `adminUpdateRole`. */
export async function adminAddRolePermissions(
  ctx: Ctx,
  id: RoleId,
  { permissions }: AddedPermissions,
): Promise<AdminRole> {
  return await ctx.transaction(async (tx) => {
    const before = await lockRole(tx, id)
    await setPermissions(ctx, tx, before, [...before.permissions ?? [], ...permissions])
    tx.audit('role.permissions_added', id, { permissions })
    tellSessions(ctx, tx, { role: before.name })
    return showRole(await fetchRole(tx, id))
  })
}
