import { and, eq } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import { requireHeld } from '../../privileges.ts'
import { permissions } from '../../schema.ts'
import type { AdminPermission, PermissionChanges } from '../../shapes/permission.ts'
import {
  fetchPermission,
  type PermissionId,
  refuseProtected,
  refuseTaken,
  showPermission,
} from './internal.ts'

/** All who have it have it under its new name. Throws `not_found`, `in_use`, `already_exists`, `conflict` or `forbidden`. */
export async function adminUpdatePermission(
  ctx: Ctx,
  id: PermissionId,
  { name }: PermissionChanges,
): Promise<AdminPermission> {
  return await ctx.transaction(async (tx) => {
    const before = await fetchPermission(tx, id)
    refuseProtected(before)
    // Its holders gain what the new name grants.
    requireHeld(ctx, [before.name, name])
    const isSame = and(eq(permissions.id, id), eq(permissions.name, before.name))
    const result = await tx.update(permissions).set({ name, updated_at: ctx.now() }).where(isSame).catch(
      refuseTaken,
    )
    if (affectedRows(result) === 0) throw new Problem('conflict', 'The permission was changed meanwhile')
    tx.audit('permission.renamed', id, { from: before.name, to: name })
    tellSessions(ctx, tx, { permission: before.name })
    return showPermission({ ...before, name })
  })
}
