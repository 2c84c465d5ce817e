import { and, eq, inArray } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import { found, onDuplicate } from '../../../../shared/db/rows.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { protectedRoles, SUPER_ADMIN } from '../../domain/permission-table.ts'
import { permissionAssigned } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { nameOf, requireHeld } from '../../privileges.ts'
import { permissionsOfRole } from '../../queries.ts'
import { rolePermissions, roles } from '../../schema.ts'
import type { AdminRole } from '../../shapes/role.ts'
import { fetchPermissionsByName } from '../permissions/internal.ts'

export type RoleRow = typeof roles.$inferSelect & { permissions: string[] | null }
export type RoleId = RoleRow['id']

export const showRole = (row: RoleRow): AdminRole => ({
  id: row.id,
  name: row.name,
  permissions: row.permissions ?? [],
  is_protected: protectedRoles.includes(row.name),
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})

export const selectRole = (db: Executor) =>
  db.select({
    id: roles.id,
    name: roles.name,
    created_at: roles.created_at,
    updated_at: roles.updated_at,
    permissions: permissionsOfRole,
  }).from(roles)

/** Throws `not_found`. */
export async function fetchRole(db: Executor, id: RoleId): Promise<RoleRow> {
  return found(await selectRole(db).where(eq(roles.id, id)))
}

/** For roles named in a body, at `pointer`. Throws `validation_failed` when there is none by a name. */
export async function fetchRolesByName(db: Executor, names: string[], pointer: string): Promise<RoleRow[]> {
  const known = await selectRole(db).where(inArray(roles.name, names))
  const missing = names.find((name) => !known.some((role) => role.name === name))
  if (missing === undefined) return known
  throw new Problem('validation_failed', undefined, {
    errors: [{ pointer, message: `there is no role ${missing}` }],
  })
}

/** Changes of one role come one after the other. Throws `not_found`. */
export async function lockRole(tx: Executor, id: RoleId): Promise<RoleRow> {
  await tx.select({ id: roles.id }).from(roles).where(eq(roles.id, id)).for('update')
  return await fetchRole(tx, id)
}

/**
 * Makes a role grant exactly these. Throws `validation_failed` for a permission that doesn't exist, `protected_role` for
 * super-admin, and `forbidden` when the role reaches further than the caller, before or after.
 */
export async function setPermissions(ctx: Ctx, tx: Tx, role: RoleRow, names: string[]): Promise<void> {
  if (role.name === SUPER_ADMIN) throw new Problem('protected_role')
  const wanted = await fetchPermissionsByName(tx, [...new Set(names)], '/permissions')
  const before = role.permissions ?? []
  requireHeld(ctx, [...before, ...wanted.map((each) => each.name)])
  const added = wanted.filter((each) => !before.includes(each.name))
  const dropped = before.filter((name) => !names.includes(name))
  await tx.update(roles).set({ updated_at: ctx.now() }).where(eq(roles.id, role.id))
  if (dropped.length > 0) {
    const ids = (await fetchPermissionsByName(tx, dropped, '/permissions')).map((each) => each.id)
    await tx.delete(rolePermissions).where(
      and(eq(rolePermissions.role_id, role.id), inArray(rolePermissions.permission_id, ids)),
    )
  }
  if (added.length === 0) return
  await tx.insert(rolePermissions).values(added.map((each) => ({ role_id: role.id, permission_id: each.id })))
  for (const { id, name } of added) {
    tx.emit(permissionAssigned, {
      user_id: null,
      role_id: role.id,
      permission_id: id,
      permission_name: name,
      granted_at: ctx.now().toISOString(),
      granted_by: nameOf(ctx.actor),
    })
  }
}

export function refuseProtected({ name }: RoleRow): void {
  if (protectedRoles.includes(name)) throw new Problem('protected_role')
}

/** For `catch`. */
export const refuseTaken = onDuplicate({ roles_name: 'A role has this name already' })
