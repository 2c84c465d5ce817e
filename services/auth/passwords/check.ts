import type { Limit } from '../domain/throttle.ts'
import type { Ctx } from '../needs.ts'
import { countAttempt, forgive, refuseClosed, takeBack } from '../throttle/counters.ts'
import { inTurn, laneOf, verifyInTurn } from './hash.ts'

export type Claim = {
  /** The hash of the account's password; none is nobody's, and takes as long. */
  stored: string | null | undefined
  password: string
  limits: Limit[]
  isKnown: boolean
}

/**
 * Whether this is the password. Throws `too_many_requests` with the seconds to wait when one of the limits is reached,
 * and `unavailable` when too many are being checked.
 *
 * An attempt is counted before it is checked and taken back when it was right, so that of guesses at the same time no
 * more get through than of guesses one after the other; a few at a time, so that few right ones are ever counted.
 */
export async function checkPassword(
  ctx: Ctx,
  { stored, password, limits, isKnown }: Claim,
): Promise<boolean> {
  await refuseClosed(ctx, limits)
  const lane = laneOf(ctx.tenant.id, isKnown)
  return await ctx.outside(() =>
    inTurn(lane, async () => {
      for (const limit of limits) await countAttempt(ctx, limit)
      const isRight = await verifyInTurn(stored, password).catch(async (error) => {
        await takeBack(ctx, limits)
        throw error
      })
      if (isRight) await forgive(ctx, limits)
      return isRight
    })
  )
}
