import type { Ctx } from '../needs.ts'
import { fetchUser } from '../queries.ts'
import type { NewUser, User } from '../shapes/user.ts'
import { fetchRolesByName } from './find-role.ts'
import { insertUser, refuseTaken } from './insert-user.ts'
import { hashPassword } from './passwords.ts'
import { requireHeld } from './privileges.ts'
import { showUser } from './users.ts'

/** Throws `already_exists` for a taken address and `forbidden` for a role that reaches further than the caller does. */
export async function createUser(ctx: Ctx, { password, roles: names, ...account }: NewUser): Promise<User> {
  const roles = await fetchRolesByName(ctx.db, [...new Set(names)], '/roles')
  requireHeld(ctx, roles.flatMap((role) => role.permissions ?? []))
  await refuseTaken(ctx.db, account.email)
  const password_hash = await hashPassword(password)
  return await ctx.transaction(async (tx) => {
    const id = await insertUser(ctx, tx, { ...account, password_hash }, roles)
    tx.audit('user.created', id, { ...account, roles: roles.map((role) => role.name) })
    return showUser(await fetchUser(tx, id))
  })
}
