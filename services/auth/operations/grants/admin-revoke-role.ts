import { and, eq } from 'drizzle-orm'
import { found } from '../../../../shared/db/rows.ts'
import { SUPER_ADMIN } from '../../domain/permission-table.ts'
import { roleRevoked } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { keepSuperAdmin, nameOf, requireHeld } from '../../privileges.ts'
import type { UserId } from '../../queries.ts'
import { roles, userRoles } from '../../schema.ts'
import type { AdminUser } from '../../shapes/user.ts'
import { selectRole } from '../roles/internal.ts'
import { changeGrants } from './internal.ts'

/** Throws `not_found`, `conflict` for the last super-admin and `forbidden` for a role that reaches further than the caller. */
export const adminRevokeRole = (ctx: Ctx, user: UserId, name: string): Promise<AdminUser> =>
  changeGrants(ctx, user, async (tx) => {
    const role = found(
      await selectRole(tx).innerJoin(userRoles, eq(userRoles.role_id, roles.id))
        .where(and(eq(roles.name, name), eq(userRoles.user_id, user))),
    )
    requireHeld(ctx, role.permissions ?? [])
    if (name === SUPER_ADMIN) await keepSuperAdmin(tx, user)
    await tx.delete(userRoles).where(and(eq(userRoles.user_id, user), eq(userRoles.role_id, role.id)))
    tx.emit(roleRevoked, {
      user_id: user,
      role_id: role.id,
      role_name: name,
      revoked_at: ctx.now().toISOString(),
      revoked_by: nameOf(ctx.actor),
    })
    tx.audit('user.role_revoked', user, { role: name })
  })
