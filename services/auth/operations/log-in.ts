import { Problem } from '../../../shared/errors/problem.ts'
import type { Ctx } from '../needs.ts'
import { findByEmail } from '../queries.ts'
import type { Credentials, SignedIn } from '../shapes/session.ts'
import { checkPassword } from './check-password.ts'
import { openSession } from './open-session.ts'
import { tokenIssuer } from './tokens.ts'

/**
 * Throws `invalid_credentials`, the same and as slowly for an address nobody has, and `too_many_requests` after five
 * wrong passwords for one address, or twenty from one network, within five minutes.
 */
export async function logIn(ctx: Ctx, { email, password }: Credentials): Promise<SignedIn> {
  const found = await findByEmail(ctx.db, email)
  const user = found && !found.deleted_at ? found : undefined
  if (!await checkPassword(ctx, email, user?.password_hash, password) || !user) {
    // An unknown address is not written down: people type their password there.
    await ctx.transaction((tx) => Promise.resolve(tx.audit('user.login_failed', user?.id ?? 'unknown')))
    throw new Problem('invalid_credentials')
  }
  const issue = await tokenIssuer(ctx)
  return await issue(await ctx.transaction((tx) => openSession(ctx, tx, user.id, user.password_hash)))
}
