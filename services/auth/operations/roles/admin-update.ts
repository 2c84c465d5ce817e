import { eq } from 'drizzle-orm'
import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import { roles } from '../../schema.ts'
import type { AdminRole, RoleChanges } from '../../shapes/role.ts'
import {
  fetchRole,
  lockRole,
  refuseProtected,
  refuseTaken,
  type RoleId,
  setPermissions,
  showRole,
} from './internal.ts'

/**
 * Replaces name and permissions. Throws `not_found`, `already_exists`, `protected_role` for another name of a protected
 * role or any change of super-admin, and `forbidden` when it reaches further than the caller, before or after.
 */
export async function adminUpdateRole(
  ctx: Ctx,
  id: RoleId,
  { name, permissions }: RoleChanges,
): Promise<AdminRole> {
  return await ctx.transaction(async (tx) => {
    const before = await lockRole(tx, id)
    if (name !== before.name) {
      refuseProtected(before)
      await tx.update(roles).set({ name }).where(eq(roles.id, id)).catch(refuseTaken)
    }
    await setPermissions(ctx, tx, before, permissions)
    tx.audit('role.updated', id, {
      from: { name: before.name, permissions: before.permissions ?? [] },
      to: { name, permissions },
    })
    tellSessions(ctx, tx, { role: before.name })
    return showRole(await fetchRole(tx, id))
  })
}
