import { affectedRows } from '../../../../shared/db/database.ts'
import { permissionAssigned } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { nameOf, requireHeld } from '../../privileges.ts'
import type { UserId } from '../../queries.ts'
import { userPermissions } from '../../schema.ts'
import type { AdminUser, PermissionAssignment } from '../../shapes/user.ts'
import { fetchPermissionsByName } from '../permissions/internal.ts'
import { changeGrants } from './internal.ts'

/** Changes nothing for who has it. Throws `not_found`, `validation_failed` or `forbidden`. */
export const adminAssignPermission = (
  ctx: Ctx,
  user_id: UserId,
  { permission: name }: PermissionAssignment,
): Promise<AdminUser> =>
  changeGrants(ctx, user_id, async (tx) => {
    const [permission] = await fetchPermissionsByName(tx, [name], '/permission')
    requireHeld(ctx, [name])
    const given = await tx.insert(userPermissions).ignore().values({ user_id, permission_id: permission!.id })
    if (affectedRows(given) === 0) return
    tx.emit(permissionAssigned, {
      user_id,
      role_id: null,
      permission_id: permission!.id,
      permission_name: name,
      granted_at: ctx.now().toISOString(),
      granted_by: nameOf(ctx.actor),
    })
    tx.audit('user.permission_assigned', user_id, { permission: name })
  })
