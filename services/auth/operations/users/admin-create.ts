import type { Ctx } from '../../needs.ts'
import { requireHeld } from '../../privileges.ts'
import { fetchUser } from '../../queries.ts'
import type { AdminUser, NewUser } from '../../shapes/user.ts'
import { fetchRolesByName } from '../roles/internal.ts'
import { insertUser, showUser } from './internal.ts'

/**
 * Without a password: the person chooses it when accepting an invitation. Throws `already_exists` for a taken address
 * and `forbidden` for a role that reaches further than the caller does.
 */
export async function adminCreateUser(ctx: Ctx, { roles: names, ...account }: NewUser): Promise<AdminUser> {
  return await ctx.transaction(async (tx) => {
    const roles = await fetchRolesByName(tx, [...new Set(names)], '/roles')
    requireHeld(ctx, roles.flatMap((role) => role.permissions ?? []))
    const id = await insertUser(ctx, tx, { ...account, password_hash: null }, roles)
    tx.audit('user.created', id, { roles: roles.map((role) => role.name) })
    return showUser(await fetchUser(tx, id))
  })
}
