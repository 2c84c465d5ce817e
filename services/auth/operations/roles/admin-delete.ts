import { eq, sql } from 'drizzle-orm'
import { requireUnused } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import { requireHeld } from '../../privileges.ts'
import { roles, userRoles } from '../../schema.ts'
import { lockRole, refuseProtected, type RoleId } from './internal.ts'

/** Throws `not_found`, `protected_role`, `in_use` while a user has it, and `forbidden` when it reaches further than the caller. */
export async function adminDeleteRole(ctx: Ctx, id: RoleId): Promise<void> {
  await ctx.transaction(async (tx) => {
    const before = await lockRole(tx, id)
    refuseProtected(before)
    requireHeld(ctx, before.permissions ?? [])
    const holders = tx.select({ found: sql`1` }).from(userRoles).where(eq(userRoles.role_id, id)).limit(1)
    await requireUnused(holders, 'Take the role from its users first')
    await tx.delete(roles).where(eq(roles.id, id))
    tx.audit('role.deleted', id, { name: before.name, permissions: before.permissions ?? [] })
  })
}
