import { asc, eq, gt, sql } from 'drizzle-orm'
import { isDuplicate } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import { protectedRoles } from '../domain/permission-table.ts'
import type { Ctx } from '../needs.ts'
import { roles, userRoles } from '../schema.ts'
import type { NewRole, Role } from '../shapes/role.ts'
import { nameOfCursor } from './cursors.ts'
import { fetchRole, type RoleId, type RoleRow, selectRole } from './find-role.ts'
import { requireHeld } from './privileges.ts'
import { lockRole, setPermissions } from './role-permissions.ts'

export async function listRoles(ctx: Ctx, query: { limit: number; cursor?: string }): Promise<Page<Role>> {
  const after = nameOfCursor('roles', query.cursor)
  const rows = await selectRole(ctx.db)
    .where(after === undefined ? undefined : gt(roles.name, after))
    .orderBy(asc(roles.name))
    .limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('roles', [row.name]), showRole)
}

/** Throws `not_found`. */
export async function readRole(ctx: Ctx, id: RoleId): Promise<Role> {
  return showRole(await fetchRole(ctx.db, id))
}

/** Throws `already_exists`, and `forbidden` for permissions the caller doesn't have. */
export async function createRole(ctx: Ctx, { name, permissions }: NewRole): Promise<Role> {
  return await ctx.transaction(async (tx) => {
    const row = { id: ctx.newId('role'), name, created_at: ctx.now(), updated_at: ctx.now() }
    await tx.insert(roles).values(row).catch(refuseDuplicate)
    await setPermissions(ctx, tx, { ...row, permissions: null }, permissions)
    tx.audit('role.created', row.id, { name, permissions })
    return showRole(await fetchRole(tx, row.id))
  })
}

/**
 * Replaces name and permissions. Throws `not_found`, `already_exists`, `protected_role` for another name of a protected
 * role or any change of super-admin, and `forbidden` when it reaches further than the caller, before or after.
 */
export async function replaceRole(ctx: Ctx, id: RoleId, { name, permissions }: NewRole): Promise<Role> {
  const replaced = await ctx.transaction(async (tx) => {
    const before = await lockRole(tx, id)
    if (name !== before.name) {
      refuseProtected(before)
      await tx.update(roles).set({ name }).where(eq(roles.id, id)).catch(refuseDuplicate)
    }
    await setPermissions(ctx, tx, before, permissions)
    tx.audit('role.replaced', id, {
      from: { name: before.name, permissions: before.permissions ?? [] },
      to: { name, permissions },
    })
    return await fetchRole(tx, id)
  })
  ctx.broadcast('sessions', ctx.tenant.id)
  return showRole(replaced)
}

/** Adds to what the role grants. Throws like `replaceRole`. */
export async function addRolePermissions(ctx: Ctx, id: RoleId, added: string[]): Promise<Role> {
  const changed = await ctx.transaction(async (tx) => {
    const before = await lockRole(tx, id)
    await setPermissions(ctx, tx, before, [...before.permissions ?? [], ...added])
    tx.audit('role.permissions_added', id, { permissions: added })
    return await fetchRole(tx, id)
  })
  ctx.broadcast('sessions', ctx.tenant.id)
  return showRole(changed)
}

/** Throws `not_found`, `protected_role`, `in_use` while a user has it, and `forbidden` when it reaches further than the caller. */
export async function deleteRole(ctx: Ctx, id: RoleId): Promise<void> {
  await ctx.transaction(async (tx) => {
    const before = await lockRole(tx, id)
    refuseProtected(before)
    requireHeld(ctx, before.permissions ?? [])
    const holders = await tx.select({ found: sql`1` }).from(userRoles).where(eq(userRoles.role_id, id)).limit(
      1,
    )
    if (holders.length > 0) throw new Problem('in_use', 'Take the role from its users first')
    await tx.delete(roles).where(eq(roles.id, id))
    tx.audit('role.deleted', id, { name: before.name, permissions: before.permissions ?? [] })
  })
}

const showRole = (row: RoleRow): Role => ({
  id: row.id,
  name: row.name,
  permissions: row.permissions ?? [],
  is_protected: protectedRoles.includes(row.name),
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})

function refuseProtected({ name }: RoleRow): void {
  if (protectedRoles.includes(name)) throw new Problem('protected_role')
}

function refuseDuplicate(error: unknown): never {
  if (isDuplicate(error, 'roles_name')) throw new Problem('already_exists', 'A role has this name already')
  throw error
}
