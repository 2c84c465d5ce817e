import { CUSTOMER } from '../domain/permission-table.ts'
import type { Ctx } from '../needs.ts'
import type { Registration } from '../shapes/account.ts'
import type { SignedIn } from '../shapes/session.ts'
import { fetchRolesByName } from './find-role.ts'
import { insertUser, refuseTaken } from './insert-user.ts'
import { openSession } from './open-session.ts'
import { hashPassword } from './passwords.ts'
import { countAttempt, registrationLimits } from './throttle.ts'
import { tokenIssuer } from './tokens.ts'

/** Always a customer. Throws `already_exists` for a taken address and `too_many_requests` after twenty from one network. */
export async function register(ctx: Ctx, input: Registration): Promise<SignedIn> {
  for (const limit of registrationLimits(ctx)) await countAttempt(ctx, limit)
  await refuseTaken(ctx.db, input.email)
  const { password, ...names } = input
  const account = { ...names, password_hash: await hashPassword(password), must_change_password: false }
  const roles = await fetchRolesByName(ctx.db, [CUSTOMER], '')
  const issue = await tokenIssuer(ctx)
  return await issue(
    await ctx.transaction(async (tx) => {
      const id = await insertUser(ctx, tx, account, roles)
      tx.audit('user.registered', id)
      return await openSession(ctx, tx, id, account.password_hash)
    }),
  )
}
