import { and, eq, isNull } from 'drizzle-orm'
import { SUPER_ADMIN } from '../domain/permission-table.ts'
import { userDeleted } from '../events.ts'
import type { Ctx } from '../needs.ts'
import { fetchUser, type UserId } from '../queries.ts'
import { sessions, userPermissions, userRoles, users } from '../schema.ts'
import { lockUser } from './lock-user.ts'
import { keepSuperAdmin, requireAbove } from './privileges.ts'

/**
 * The row and its address stay, so that nobody else can take the account over; sessions and rights end. Throws
 * `not_found`, `conflict` for the last super-admin and `forbidden` for somebody who may do more than the caller.
 */
export async function deleteUser(ctx: Ctx, id: UserId): Promise<void> {
  await ctx.transaction(async (tx) => {
    const deleted_at = ctx.now()
    await lockUser(tx, id)
    const before = await fetchUser(tx, id)
    requireAbove(ctx, before)
    if (before.roles?.includes(SUPER_ADMIN)) await keepSuperAdmin(tx, id)
    await tx.update(users).set({ deleted_at, updated_at: deleted_at }).where(eq(users.id, id))
    await tx.update(sessions).set({ revoked_at: deleted_at }).where(
      and(eq(sessions.user_id, id), isNull(sessions.revoked_at)),
    )
    await tx.delete(userRoles).where(eq(userRoles.user_id, id))
    await tx.delete(userPermissions).where(eq(userPermissions.user_id, id))
    const at = deleted_at.toISOString()
    tx.emit(userDeleted, {
      user_id: id,
      deleted_at: at,
      soft_delete: true,
      reason: 'deleted by staff',
      anonymize: true,
    })
    tx.audit('user.deleted', id, { roles: before.roles ?? [], direct_permissions: before.direct ?? [] })
  })
  ctx.broadcast('sessions', ctx.tenant.id)
}
