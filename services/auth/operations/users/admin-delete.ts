import { SUPER_ADMIN } from '../../domain/permission-table.ts'
import { erase } from '../../erasure.ts'
import { userDeleted } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import { keepSuperAdmin, requireAbove } from '../../privileges.ts'
import { fetchUser, type UserId } from '../../queries.ts'
import { lockUser } from './internal.ts'

/**
 * Nothing of the person is left, and the address is free; an empty row with the id stays for a while. Throws
 * `not_found`, `conflict` for the last super-admin and `forbidden` for somebody who may do more than the caller.
 */
export async function adminDeleteUser(ctx: Ctx, id: UserId): Promise<void> {
  await ctx.transaction(async (tx) => {
    await lockUser(tx, id)
    const before = await fetchUser(tx, id)
    requireAbove(ctx, before)
    if (before.roles?.includes(SUPER_ADMIN)) await keepSuperAdmin(tx, id)
    await erase(ctx, tx, id)
    tellSessions(ctx, tx, { user: id })
    tx.emit(userDeleted, {
      user_id: id,
      deleted_at: ctx.now().toISOString(),
      soft_delete: true,
      reason: 'deleted by staff',
      anonymize: true,
    })
    tx.audit('user.deleted', id, { roles: before.roles ?? [], direct_permissions: before.direct ?? [] })
  })
}
