import { and, eq, gt } from 'drizzle-orm'
import { affectedRows, type Executor } from '../../../../shared/db/database.ts'
import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import { hashPassword, laneOf } from '../../passwords/hash.ts'
import { requireStrong } from '../../passwords/require-strong.ts'
import { allPermissions, fetchUser, type UserId, type UserRow } from '../../queries.ts'
import { invitations, users } from '../../schema.ts'
import type { InvitationAcceptance } from '../../shapes/invitation.ts'
import type { SignedIn } from '../../shapes/session.ts'
import { tokenIssuer } from '../../tokens/access.ts'
import { deviceToken, hashToken } from '../../tokens/opaque.ts'
import { endSessionsOf, openSession } from '../sessions/internal.ts'
import { lockUser } from '../users/internal.ts'
import { invalid, notFound, requireStillAbove } from './internal.ts'

/**
 * Sets the password and signs in, once. Throws `invitation_invalid`, and `validation_failed` for a password that is too
 * weak: the invitation stays good then.
 */
export async function acceptInvitation(
  ctx: Ctx,
  { token, password }: InvitationAcceptance,
): Promise<SignedIn> {
  const isGood = and(eq(invitations.token_hash, hashToken(token)), gt(invitations.expires_at, ctx.now()))
  const [invitation] = await ctx.db.select().from(invitations).where(isGood)
  if (!invitation) throw invalid()
  const { user_id: id, invited_by } = invitation
  const { user, ...granted } = await fetchInvited(ctx.db, id, invited_by)
  const isStaff = allPermissions(granted).length > 0
  await requireStrong(ctx, password, { ...user, isStaff }, '/password')
  const password_hash = await ctx.outside(() => hashPassword(laneOf(ctx.tenant.id, true), password))
  const issue = await tokenIssuer(ctx)
  const opened = await ctx.transaction(async (tx) => {
    await lockUser(tx, id).catch((error) => {
      notFound(error)
      throw invalid()
    })
    if (affectedRows(await tx.delete(invitations).where(isGood)) === 0) throw invalid()
    await fetchInvited(tx, id, invited_by)
    await tx.update(users).set({ password_hash, updated_at: ctx.now() }).where(eq(users.id, id))
    await endSessionsOf(ctx, tx, id)
    tx.audit('user.invitation_accepted', id)
    tellSessions(ctx, tx, { user: id })
    return await openSession(ctx, tx, id, password_hash)
  })
  return { ...await issue(opened), device_token: deviceToken(ctx, id) }
}

async function fetchInvited(db: Executor, id: UserId, invited_by: UserId | null): Promise<UserRow> {
  const row = await fetchUser(db, id).catch(notFound)
  if (!row) throw invalid()
  await requireStillAbove(db, invited_by, row)
  return row
}
