import { and, eq } from 'drizzle-orm'
import { found } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import { requireHeld } from '../../privileges.ts'
import type { UserId } from '../../queries.ts'
import { permissions, userPermissions } from '../../schema.ts'
import type { AdminUser } from '../../shapes/user.ts'
import { changeGrants } from './internal.ts'

/** What a role grants stays. Throws `not_found` or `forbidden`. */
export const adminRevokePermission = (ctx: Ctx, user: UserId, name: string): Promise<AdminUser> =>
  changeGrants(ctx, user, async (tx) => {
    const given = found(
      await tx.select({ id: permissions.id }).from(userPermissions)
        .innerJoin(permissions, eq(permissions.id, userPermissions.permission_id))
        .where(and(eq(permissions.name, name), eq(userPermissions.user_id, user))),
    )
    requireHeld(ctx, [name])
    await tx.delete(userPermissions).where(
      and(eq(userPermissions.user_id, user), eq(userPermissions.permission_id, given.id)),
    )
    tx.audit('user.permission_revoked', user, { permission: name })
  })
