import { and, eq } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import type { Tx } from '../../../shared/service/context.ts'
import { SUPER_ADMIN } from '../domain/permission-table.ts'
import { permissionAssigned, roleRevoked } from '../events.ts'
import type { Ctx } from '../needs.ts'
import { fetchUser, type UserId } from '../queries.ts'
import { permissions, roles, userPermissions, userRoles } from '../schema.ts'
import type { User } from '../shapes/user.ts'
import { fetchPermissionsByName } from './find-permission.ts'
import { fetchRolesByName, selectRole } from './find-role.ts'
import { insertUserRole } from './insert-user-role.ts'
import { lockUser } from './lock-user.ts'
import { keepSuperAdmin, nameOf, requireHeld } from './privileges.ts'
import { lockRole } from './role-permissions.ts'
import { showUser } from './users.ts'

/** Changes nothing for who has it. Throws `not_found`, `validation_failed` or `forbidden`. */
export const giveRole = (ctx: Ctx, user_id: UserId, name: string): Promise<User> =>
  changeGrants(ctx, user_id, async (tx) => {
    const [named] = await fetchRolesByName(tx, [name], '/role')
    const role = await lockRole(tx, named!.id)
    requireHeld(ctx, role.permissions ?? [])
    await insertUserRole(ctx, tx, user_id, role)
  })

/** Throws `not_found`, `conflict` for the last super-admin and `forbidden` for a role that reaches further than the caller. */
export const takeRole = (ctx: Ctx, user_id: UserId, name: string): Promise<User> =>
  changeGrants(ctx, user_id, async (tx) => {
    const [role] = await selectRole(tx).innerJoin(userRoles, eq(userRoles.role_id, roles.id))
      .where(and(eq(roles.name, name), eq(userRoles.user_id, user_id)))
    if (!role) throw new Problem('not_found')
    requireHeld(ctx, role.permissions ?? [])
    if (name === SUPER_ADMIN) await keepSuperAdmin(tx, user_id)
    await tx.delete(userRoles).where(and(eq(userRoles.user_id, user_id), eq(userRoles.role_id, role.id)))
    const at = ctx.now().toISOString()
    tx.emit(roleRevoked, {
      user_id,
      role_id: role.id,
      role_name: name,
      revoked_at: at,
      revoked_by: nameOf(ctx.actor),
    })
    tx.audit('user.role_taken', user_id, { role: name })
  })

/** Changes nothing for who has it. Throws `not_found`, `validation_failed` or `forbidden`. */
export const givePermission = (ctx: Ctx, user_id: UserId, name: string): Promise<User> =>
  changeGrants(ctx, user_id, async (tx) => {
    const [permission] = await fetchPermissionsByName(tx, [name], '/permission')
    requireHeld(ctx, [name])
    const given = await tx.insert(userPermissions).ignore().values({ user_id, permission_id: permission!.id })
    if (affectedRows(given) === 0) return
    tx.emit(permissionAssigned, {
      user_id,
      role_id: null,
      permission_id: permission!.id,
      permission_name: name,
      granted_at: ctx.now().toISOString(),
      granted_by: nameOf(ctx.actor),
    })
    tx.audit('user.permission_given', user_id, { permission: name })
  })

/** What a role grants stays. Throws `not_found` or `forbidden`. */
export const takePermission = (ctx: Ctx, user_id: UserId, name: string): Promise<User> =>
  changeGrants(ctx, user_id, async (tx) => {
    const [given] = await tx.select({ id: permissions.id }).from(userPermissions)
      .innerJoin(permissions, eq(permissions.id, userPermissions.permission_id))
      .where(and(eq(permissions.name, name), eq(userPermissions.user_id, user_id)))
    if (!given) throw new Problem('not_found')
    requireHeld(ctx, [name])
    await tx.delete(userPermissions).where(
      and(eq(userPermissions.user_id, user_id), eq(userPermissions.permission_id, given.id)),
    )
    tx.audit('user.permission_taken', user_id, { permission: name })
  })

async function changeGrants(ctx: Ctx, user_id: UserId, change: (tx: Tx) => Promise<void>): Promise<User> {
  const row = await ctx.transaction(async (tx) => {
    await lockUser(tx, user_id)
    await change(tx)
    return await fetchUser(tx, user_id)
  })
  ctx.broadcast('sessions', ctx.tenant.id)
  return showUser(row)
}
