import type { Ctx } from '../needs.ts'
import { inTurn, verifyPassword } from './passwords.ts'
import { countAttempt, forgive, loginLimits, refuseClosed } from './throttle.ts'

/**
 * Whether this is the password behind `stored`, the hash of the account with this address; undefined is nobody's and
 * takes as long. Throws `too_many_requests` with the seconds to wait, after five wrong ones for an address or twenty
 * from a network within five minutes.
 *
 * An attempt is counted before it is checked and taken back when it was right, so that of guesses at the same time no
 * more get through than of guesses one after the other; in turn, so that few right ones are ever counted.
 */
export async function checkPassword(
  ctx: Ctx,
  email: string,
  stored: string | undefined,
  password: string,
): Promise<boolean> {
  const limits = loginLimits(ctx, email)
  await refuseClosed(ctx, limits)
  return await inTurn(async () => {
    for (const limit of limits) await countAttempt(ctx, limit)
    const isRight = await verifyPassword(stored, password)
    if (isRight) await forgive(ctx, limits)
    return isRight
  })
}
