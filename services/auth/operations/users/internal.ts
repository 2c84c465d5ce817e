import { and, eq, isNull } from 'drizzle-orm'
import { madeAt } from '../../../../shared/db/columns.ts'
import { affectedRows, type Executor } from '../../../../shared/db/database.ts'
import { found, onDuplicate } from '../../../../shared/db/rows.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { CUSTOMER } from '../../domain/permission-table.ts'
import { roleAssigned, userCreated, userUpdated } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { nameOf } from '../../privileges.ts'
import { findByEmail, type LiveUser, type UserId, type UserRow } from '../../queries.ts'
import { userRoles, users } from '../../schema.ts'
import type { AdminUser } from '../../shapes/user.ts'
import { showAccount } from '../account/internal.ts'
import type { RoleRow } from '../roles/internal.ts'

export const showUser = (row: UserRow): AdminUser => ({
  ...showAccount(row),
  direct_permissions: row.direct ?? [],
  ...adminView(row.user),
})

export const adminView = (user: LiveUser) => ({
  status: user.password_hash === null ? 'invited' as const : 'active' as const,
  last_login_at: user.last_login_at?.toISOString() ?? null,
  updated_at: user.updated_at.toISOString(),
})

/**
 * For changes to an account, which have to see one another. Locked before any role, everywhere. Throws `not_found`,
 * also for a deleted one.
 */
export async function lockUser(tx: Executor, id: UserId): Promise<void> {
  const isLive = and(eq(users.id, id), isNull(users.deleted_at))
  found(await tx.select({ id: users.id }).from(users).where(isLive).for('update'))
}

type NewAccount = Pick<LiveUser, 'email' | 'first_name' | 'last_name' | 'locale' | 'password_hash'>

/** The row, its roles and their events. Throws `already_exists`. The caller has checked who may give these roles. */
export async function insertUser(ctx: Ctx, tx: Tx, account: NewAccount, roles: RoleRow[]): Promise<UserId> {
  const id = ctx.newId('user')
  const now = ctx.now()
  await tx.insert(users).values({ ...account, id, ...madeAt(now) }).catch(refuseTaken)
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

/** Changes nothing for who has the role already. The caller has checked that it may be given. */
export async function insertUserRole(
  ctx: Ctx,
  tx: Tx,
  user_id: UserId,
  role: RoleRow,
  isAnnounced = true,
): Promise<void> {
  const inserted = await tx.insert(userRoles).ignore().values({ user_id, role_id: role.id })
  if (affectedRows(inserted) === 0 || !isAnnounced) return
  tx.emit(roleAssigned, {
    user_id,
    role_id: role.id,
    role_name: role.name,
    permissions: role.permissions ?? [],
    assigned_at: ctx.now().toISOString(),
    assigned_by: nameOf(ctx.actor),
  })
  tx.audit('user.role_assigned', user_id, { role: role.name })
}

const TAKEN = 'This e-mail address has an account already'

/** Asked before hashing, which is a hundred times dearer. */
export async function requireFreeAddress(db: Executor, email: string): Promise<void> {
  if (await findByEmail(db, email)) throw new Problem('already_exists', TAKEN)
}

/** For `catch`. */
export const refuseTaken = onDuplicate({ users_email: TAKEN })

const announced = ['email', 'first_name', 'last_name', 'locale'] as const

/** Tells others and the audit log what is different; nothing when nothing is. The log names no value: it is kept. */
export function announceUpdate(ctx: Ctx, tx: Tx, before: LiveUser, now: LiveUser): void {
  const updated_fields = announced.filter((field) => before[field] !== now[field])
  if (updated_fields.length === 0) return
  const { id: user_id, email, first_name, last_name, locale } = now
  const updated_at = ctx.now().toISOString()
  tx.emit(userUpdated, { user_id, email, first_name, last_name, locale, updated_fields, updated_at })
  tx.audit('user.updated', user_id, { fields: updated_fields })
}
