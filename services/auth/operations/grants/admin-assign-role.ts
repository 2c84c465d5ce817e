import type { Ctx } from '../../needs.ts'
import { requireHeld } from '../../privileges.ts'
import type { UserId } from '../../queries.ts'
import type { AdminUser, RoleAssignment } from '../../shapes/user.ts'
import { fetchRolesByName, lockRole } from '../roles/internal.ts'
import { insertUserRole } from '../users/internal.ts'
import { changeGrants } from './internal.ts'

/** Changes nothing for who has it. Throws `not_found`, `validation_failed` or `forbidden`. */
export const adminAssignRole = (ctx: Ctx, user: UserId, given: RoleAssignment): Promise<AdminUser> =>
  changeGrants(ctx, user, async (tx) => {
    const [named] = await fetchRolesByName(tx, [given.role], '/role')
    const role = await lockRole(tx, named!.id)
    requireHeld(ctx, role.permissions ?? [])
    await insertUserRole(ctx, tx, user, role)
  })
