import { type Executor, isDuplicate } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import type { Tx } from '../../../shared/service/context.ts'
import { CUSTOMER } from '../domain/permission-table.ts'
import { userCreated } from '../events.ts'
import type { Ctx } from '../needs.ts'
import { findByEmail, type UserId } from '../queries.ts'
import { users } from '../schema.ts'
import type { RoleRow } from './find-role.ts'
import { insertUserRole } from './insert-user-role.ts'

type NewAccount = Pick<
  typeof users.$inferInsert,
  'email' | 'first_name' | 'last_name' | 'locale' | 'password_hash' | 'must_change_password'
>

/** The row, its roles and their events. Throws `already_exists`. The caller has checked who may give these roles. */
export async function insertUser(ctx: Ctx, tx: Tx, account: NewAccount, roles: RoleRow[]): Promise<UserId> {
  const id = ctx.newId('user')
  const now = ctx.now()
  await tx.insert(users).values({ ...account, id, created_at: now, updated_at: now }).catch((error) => {
    throw isDuplicate(error, 'users_email') ? taken() : error
  })
  const { email, first_name, last_name } = account
  tx.emit(userCreated, {
    user_id: id,
    email,
    first_name,
    last_name,
    roles: roles.map((role) => role.name),
    created_at: now.toISOString(),
  })
  for (const role of roles) await insertUserRole(ctx, tx, id, role, role.name !== CUSTOMER)
  return id
}

/** Asked before hashing, which is a hundred times dearer. */
export async function refuseTaken(db: Executor, email: string): Promise<void> {
  if (await findByEmail(db, email)) throw taken()
}

export const taken = () => new Problem('already_exists', 'This e-mail address has an account already')
