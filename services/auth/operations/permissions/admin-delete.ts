import { eq } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import { requireHeld } from '../../privileges.ts'
import { permissions } from '../../schema.ts'
import { fetchPermission, type PermissionId, refuseProtected } from './internal.ts'

/** Users and roles lose it. Throws `not_found`, `in_use` or `forbidden`. */
export async function adminDeletePermission(ctx: Ctx, id: PermissionId): Promise<void> {
  await ctx.transaction(async (tx) => {
    const before = await fetchPermission(tx, id)
    refuseProtected(before)
    requireHeld(ctx, [before.name])
    if (affectedRows(await tx.delete(permissions).where(eq(permissions.id, id))) === 0) {
      throw new Problem('not_found')
    }
    tx.audit('permission.deleted', id, { name: before.name })
    tellSessions(ctx, tx, { permission: before.name })
  })
}
