import { permits } from '../../../../shared/auth/actor.ts'
import type { Executor } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { after, INVITATION_MS } from '../../domain/lifetimes.ts'
import type { Ctx } from '../../needs.ts'
import { allPermissions, fetchUser, type UserId, type UserRow } from '../../queries.ts'
import { invitations } from '../../schema.ts'
import type { Invitation } from '../../shapes/invitation.ts'
import { hashToken, newToken } from '../../tokens/opaque.ts'

/** The token of the answer is nowhere else. An earlier one for this account is worth nothing from now on. */
export async function invite(ctx: Ctx, tx: Tx, { user }: UserRow): Promise<Invitation> {
  const token = newToken()
  const now = ctx.now()
  const values = {
    token_hash: hashToken(token),
    invited_by: ctx.actor.type === 'user' ? ctx.actor.id : null,
    created_at: now,
    expires_at: after(now, INVITATION_MS),
  }
  await tx.insert(invitations).values({ user_id: user.id, ...values }).onDuplicateKeyUpdate({ set: values })
  const expires_at = values.expires_at.toISOString()
  tx.audit('user.invited', user.id, { expires_at })
  return { user_id: user.id, email: user.email, token, expires_at }
}

/**
 * Whoever accepts gets what the account may do now. So whoever invited, and has seen the token, must be able to do that
 * as well: else a right to invite would be a way to what others give the account meanwhile.
 */
export async function requireStillAbove(
  tx: Executor,
  inviter: UserId | null,
  invited: UserRow,
): Promise<void> {
  if (inviter === null) return
  const row = await fetchUser(tx, inviter).catch(notFound)
  const held = row ? allPermissions(row) : []
  if (!row || allPermissions(invited).some((permission) => !permits(held, permission))) throw invalid()
}

/** One answer for a token that nobody ever had, that was used or revoked, and that is too old. */
export const invalid = () => new Problem('invitation_invalid')

/** For `catch`: undefined for what isn't there. */
export function notFound(error: unknown): undefined {
  if (!(error instanceof Problem && error.code === 'not_found')) throw error
}
