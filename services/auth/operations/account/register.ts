import { networkOf } from '../../../../shared/kernel/network.ts'
import { CUSTOMER } from '../../domain/permission-table.ts'
import { registrationLimits } from '../../domain/throttle.ts'
import type { Ctx } from '../../needs.ts'
import { hashPassword, laneOf } from '../../passwords/hash.ts'
import { requireStrong } from '../../passwords/require-strong.ts'
import type { Registration } from '../../shapes/account.ts'
import type { SignedIn } from '../../shapes/session.ts'
import { countAttempt } from '../../throttle/counters.ts'
import { tokenIssuer } from '../../tokens/access.ts'
import { deviceToken } from '../../tokens/opaque.ts'
import { fetchRolesByName } from '../roles/internal.ts'
import { openSession } from '../sessions/internal.ts'
import { insertUser, requireFreeAddress } from '../users/internal.ts'

/** Always a customer. Throws `already_exists` for a taken address and `too_many_requests` after twenty from one network. */
export async function register(ctx: Ctx, { password, ...account }: Registration): Promise<SignedIn> {
  for (const limit of registrationLimits(ctx.origin.ip && networkOf(ctx.origin.ip))) {
    await countAttempt(ctx, limit)
  }
  await requireStrong(ctx, password, { ...account, isStaff: false }, '/password')
  await requireFreeAddress(ctx.db, account.email)
  const password_hash = await ctx.outside(() => hashPassword(laneOf(ctx.tenant.id, false), password))
  const roles = await fetchRolesByName(ctx.db, [CUSTOMER], '')
  const issue = await tokenIssuer(ctx)
  const opened = await ctx.transaction(async (tx) => {
    const id = await insertUser(ctx, tx, { ...account, password_hash }, roles)
    tx.audit('user.registered', id)
    return await openSession(ctx, tx, id, password_hash)
  })
  return { ...await issue(opened), device_token: deviceToken(ctx, opened.user.id) }
}
