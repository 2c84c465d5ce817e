import { and, eq, isNull } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { passwordChangeLimits } from '../../domain/throttle.ts'
import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import { checkPassword } from '../../passwords/check.ts'
import { hashPassword, laneOf } from '../../passwords/hash.ts'
import { requireStrong } from '../../passwords/require-strong.ts'
import { signedIn } from '../../privileges.ts'
import { allPermissions, fetchUser } from '../../queries.ts'
import { invitations, users } from '../../schema.ts'
import type { PasswordChange } from '../../shapes/account.ts'
import type { SignedIn } from '../../shapes/session.ts'
import { tokenIssuer } from '../../tokens/access.ts'
import { deviceToken } from '../../tokens/opaque.ts'
import { endSessionsOf, openSession } from '../sessions/internal.ts'

/**
 * Ends every session, the one of this request too, and opens a new one for whoever asked: copies of the old tokens,
 * wherever they are, are worth nothing. Throws `validation_failed` for a wrong present password, or a new one that is
 * no different or too weak; `too_many_requests` after five wrong ones; `conflict` when it was changed meanwhile.
 */
export async function changePassword(
  ctx: Ctx,
  { current_password, new_password }: PasswordChange,
): Promise<SignedIn> {
  const { id } = signedIn(ctx)
  const row = await fetchUser(ctx.db, id)
  const stored = row.user.password_hash
  const limits = passwordChangeLimits(id)
  const isRight = await checkPassword(ctx, { stored, password: current_password, limits, isKnown: true })
  if (!isRight || stored === null) throw wrong('/current_password', 'is not your password')
  if (new_password === current_password) throw wrong('/new_password', 'must differ from the present one')
  const isStaff = allPermissions(row).length > 0
  await requireStrong(ctx, new_password, { ...row.user, isStaff }, '/new_password')
  const password_hash = await ctx.outside(() => hashPassword(laneOf(ctx.tenant.id, true), new_password))
  const issue = await tokenIssuer(ctx)
  const opened = await ctx.transaction(async (tx) => {
    const isUnchanged = and(eq(users.id, id), eq(users.password_hash, stored), isNull(users.deleted_at))
    const changed = await tx.update(users).set({ password_hash, updated_at: ctx.now() }).where(isUnchanged)
    if (affectedRows(changed) === 0) throw new Problem('conflict', 'The password was changed meanwhile')
    await tx.delete(invitations).where(eq(invitations.user_id, id))
    await endSessionsOf(ctx, tx, id)
    tx.audit('user.password_changed', id)
    tellSessions(ctx, tx, { user: id })
    return await openSession(ctx, tx, id, password_hash)
  })
  return { ...await issue(opened), device_token: deviceToken(ctx, id) }
}

const wrong = (pointer: string, message: string) =>
  new Problem('validation_failed', undefined, { errors: [{ pointer, message }] })
