import { and, eq, isNull, ne } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import type { Ctx } from '../needs.ts'
import { fetchUser } from '../queries.ts'
import { sessions, users } from '../schema.ts'
import type { PasswordChange } from '../shapes/account.ts'
import { checkPassword } from './check-password.ts'
import { hashPassword } from './passwords.ts'
import { signedIn } from './privileges.ts'

/**
 * Ends every other session. Throws `validation_failed` for a wrong present password, or one that is no different, and
 * `too_many_requests`: a stolen session must not be a way to guess the password.
 */
export async function changePassword(
  ctx: Ctx,
  { current_password, new_password }: PasswordChange,
): Promise<void> {
  const { id, session } = signedIn(ctx)
  const { user } = await fetchUser(ctx.db, id)
  if (!await checkPassword(ctx, user.email, user.password_hash, current_password)) {
    throw wrong('/current_password', 'is not your password')
  }
  if (new_password === current_password) throw wrong('/new_password', 'must differ from the present one')
  const password_hash = await hashPassword(new_password)
  await ctx.transaction(async (tx) => {
    const now = ctx.now()
    const isUnchanged = and(
      eq(users.id, id),
      eq(users.password_hash, user.password_hash),
      isNull(users.deleted_at),
    )
    const changed = await tx.update(users).set({
      password_hash,
      must_change_password: false,
      updated_at: now,
    }).where(isUnchanged)
    if (affectedRows(changed) === 0) throw new Problem('conflict', 'The password was changed meanwhile')
    await tx.update(sessions).set({ revoked_at: now })
      .where(and(eq(sessions.user_id, id), ne(sessions.id, session), isNull(sessions.revoked_at)))
    tx.audit('user.password_changed', id)
  })
  ctx.broadcast('sessions', ctx.tenant.id)
}

const wrong = (pointer: string, message: string) =>
  new Problem('validation_failed', undefined, { errors: [{ pointer, message }] })
