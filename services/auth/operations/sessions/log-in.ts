import { networkOf } from '../../../../shared/kernel/network.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { loginLimits } from '../../domain/throttle.ts'
import type { Ctx } from '../../needs.ts'
import { checkPassword } from '../../passwords/check.ts'
import { findByEmail } from '../../queries.ts'
import type { Credentials, SignedIn } from '../../shapes/session.ts'
import { tokenIssuer } from '../../tokens/access.ts'
import { deviceOf, deviceToken } from '../../tokens/opaque.ts'
import { openSession } from './internal.ts'

/**
 * Throws `invalid_credentials`, the same and as slowly for an address nobody has or that was only invited;
 * `too_many_requests` after too many wrong passwords (domain/throttle.ts), and `unavailable` when too many sign in.
 */
export async function logIn(ctx: Ctx, { email, password, device_token }: Credentials): Promise<SignedIn> {
  const network = ctx.origin.ip && networkOf(ctx.origin.ip)
  const found = await findByEmail(ctx.db, email, network)
  const device = found && deviceOf(ctx, found.user.id, device_token)
  const isKnownNetwork = found?.isKnownNetwork ?? false
  const stored = found?.user.password_hash
  const isRight = await checkPassword(ctx, {
    stored,
    password,
    limits: loginLimits({ email, network, device, isKnownNetwork }),
    isKnown: device !== undefined || isKnownNetwork,
  })
  if (!isRight || !stored) {
    // An unknown address is not written down: people type their password there.
    await ctx.transaction((tx) => Promise.resolve(tx.audit('user.login_failed', found?.user.id ?? 'unknown')))
    throw new Problem('invalid_credentials')
  }
  const issue = await tokenIssuer(ctx)
  const opened = await ctx.transaction((tx) => openSession(ctx, tx, found.user.id, stored))
  return { ...await issue(opened), device_token: deviceToken(ctx, found.user.id, device) }
}
