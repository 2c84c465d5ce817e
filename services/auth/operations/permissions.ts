import { and, asc, eq, gt } from 'drizzle-orm'
import { affectedRows, isDuplicate } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import type { Ctx } from '../needs.ts'
import { permissions } from '../schema.ts'
import type { NewPermission, Permission } from '../shapes/permission.ts'
import { nameOfCursor } from './cursors.ts'
import { fetchPermission, type PermissionId, type PermissionRow } from './find-permission.ts'
import { requireHeld } from './privileges.ts'

export async function listPermissions(
  ctx: Ctx,
  query: { limit: number; cursor?: string },
): Promise<Page<Permission>> {
  const after = nameOfCursor('permissions', query.cursor)
  const rows = await ctx.db.select().from(permissions)
    .where(after === undefined ? undefined : gt(permissions.name, after))
    .orderBy(asc(permissions.name))
    .limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('permissions', [row.name]), show)
}

/** Throws `not_found`. */
export async function readPermission(ctx: Ctx, id: PermissionId): Promise<Permission> {
  return show(await fetchPermission(ctx.db, id))
}

/** Nobody has it yet. Throws `already_exists`. */
export async function createPermission(ctx: Ctx, { name }: NewPermission): Promise<Permission> {
  return await ctx.transaction(async (tx) => {
    const row = {
      id: ctx.newId('perm'),
      name,
      is_protected: false,
      created_at: ctx.now(),
      updated_at: ctx.now(),
    }
    await tx.insert(permissions).values(row).catch(refuseDuplicate)
    tx.audit('permission.created', row.id, { name })
    return show(row)
  })
}

/** All who have it have it under its new name. Throws `not_found`, `in_use`, `already_exists` or `forbidden`. */
export async function renamePermission(
  ctx: Ctx,
  id: PermissionId,
  { name }: NewPermission,
): Promise<Permission> {
  const renamed = await ctx.transaction(async (tx) => {
    const before = await fetchPermission(tx, id)
    refuseProtected(before)
    // Its holders gain what the new name grants.
    requireHeld(ctx, [before.name, name])
    const isSame = and(eq(permissions.id, id), eq(permissions.name, before.name))
    const result = await tx.update(permissions).set({ name, updated_at: ctx.now() }).where(isSame).catch(
      refuseDuplicate,
    )
    if (affectedRows(result) === 0) throw new Problem('conflict', 'The permission was changed meanwhile')
    tx.audit('permission.renamed', id, { from: before.name, to: name })
    return { ...before, name }
  })
  ctx.broadcast('sessions', ctx.tenant.id)
  return show(renamed)
}

/** Users and roles lose it. Throws `not_found`, `in_use` or `forbidden`. */
export async function deletePermission(ctx: Ctx, id: PermissionId): Promise<void> {
  await ctx.transaction(async (tx) => {
    const before = await fetchPermission(tx, id)
    refuseProtected(before)
    requireHeld(ctx, [before.name])
    if (affectedRows(await tx.delete(permissions).where(eq(permissions.id, id))) === 0) {
      throw new Problem('not_found')
    }
    tx.audit('permission.deleted', id, { name: before.name })
  })
  ctx.broadcast('sessions', ctx.tenant.id)
}

const show = ({ id, name, is_protected, created_at }: PermissionRow): Permission => ({
  id,
  name,
  is_protected,
  created_at: created_at.toISOString(),
})

function refuseProtected({ is_protected }: PermissionRow): void {
  if (is_protected) {
    throw new Problem('in_use', 'The platform itself asks for this permission')
  }
}

function refuseDuplicate(error: unknown): never {
  if (isDuplicate(error, 'permissions_name')) {
    throw new Problem('already_exists', 'A permission has this name already')
  }
  throw error
}
