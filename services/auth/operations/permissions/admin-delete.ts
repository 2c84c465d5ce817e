import { eq } from 'drizzle-orm'
import { requireRow } from '../../../../shared/db/rows.ts'
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
    await requireRow(tx.delete(permissions).where(eq(permissions.id, id)))
    tx.audit('permission.deleted', id, { name: before.name })
    tellSessions(ctx, tx, { permission: before.name })
  })
}
