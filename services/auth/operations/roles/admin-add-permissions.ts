import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import type { AdminRole } from '../../shapes/role.ts'
import { fetchRole, lockRole, type RoleId, setPermissions, showRole } from './internal.ts'

/** Adds to what the role grants. Throws like `adminUpdateRole`. */
export async function adminAddRolePermissions(ctx: Ctx, id: RoleId, added: string[]): Promise<AdminRole> {
  return await ctx.transaction(async (tx) => {
    const before = await lockRole(tx, id)
    await setPermissions(ctx, tx, before, [...before.permissions ?? [], ...added])
    tx.audit('role.permissions_added', id, { permissions: added })
    tellSessions(ctx, tx, { role: before.name })
    return showRole(await fetchRole(tx, id))
  })
}
