import { affectedRows } from '../../../shared/db/database.ts'
import type { Tx } from '../../../shared/service/context.ts'
import { roleAssigned } from '../events.ts'
import type { Ctx } from '../needs.ts'
import type { UserId } from '../queries.ts'
import { userRoles } from '../schema.ts'
import type { RoleRow } from './find-role.ts'
import { nameOf } from './privileges.ts'

/** False when the user has the role already. The caller has checked that it may be given. */
export async function insertUserRole(
  ctx: Ctx,
  tx: Tx,
  user_id: UserId,
  role: RoleRow,
  isAnnounced = true,
): Promise<boolean> {
  const inserted = await tx.insert(userRoles).ignore().values({ user_id, role_id: role.id })
  if (affectedRows(inserted) === 0) return false
  if (!isAnnounced) return true
  tx.emit(roleAssigned, {
    user_id,
    role_id: role.id,
    role_name: role.name,
    permissions: role.permissions ?? [],
    assigned_at: ctx.now().toISOString(),
    assigned_by: nameOf(ctx.actor),
  })
  tx.audit('user.role_given', user_id, { role: role.name })
  return true
}
