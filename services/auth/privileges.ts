import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import { type Actor, allows } from '../../shared/auth/actor.ts'
import type { Executor } from '../../shared/db/database.ts'
import { Problem } from '../../shared/errors/problem.ts'
import { SUPER_ADMIN } from './domain/permission-table.ts'
import type { Ctx } from './needs.ts'
import { allPermissions, type SessionId, type UserId, type UserRow } from './queries.ts'
import { roles, userRoles, users } from './schema.ts'

/**
 * Nobody hands out, takes away or changes what reaches further than they do themselves: else a right to edit users
 * or roles would be a right to everything. Throws `forbidden` with the first permission that is missing.
 */
export function requireHeld(ctx: Ctx, permissions: readonly string[]): void {
  const missing = permissions.find((permission) => !allows(ctx.actor, permission))
  if (missing) {
    throw new Problem('forbidden', 'This reaches further than your own permissions', { permission: missing })
  }
}

/** The same for an account: who may change the address of another may soon sign in as them. */
export const requireAbove = (ctx: Ctx, row: UserRow): void => requireHeld(ctx, allPermissions(row))

/** Throws `conflict` when nobody else is super-admin. Others who ask at the same time wait for this transaction. */
export async function keepSuperAdmin(tx: Executor, leaving: UserId): Promise<void> {
  const [role] = await tx.select({ id: roles.id }).from(roles).where(eq(roles.name, SUPER_ADMIN)).for(
    'update',
  )
  const others = await tx.select({ found: sql`1` }).from(userRoles)
    .innerJoin(users, eq(users.id, userRoles.user_id))
    .where(and(eq(userRoles.role_id, role!.id), ne(userRoles.user_id, leaving), isNull(users.deleted_at)))
    .limit(1)
  if (others.length === 0) throw new Problem('conflict', 'A shop needs a super-admin: make another one first')
}

/** Who did it, as events say it. */
export const nameOf = (actor: Actor): string =>
  actor.type === 'user' ? actor.id : actor.type === 'system' ? actor.name : actor.type

/** The signed-in user of a route with access `customer`. */
export function signedIn(ctx: Ctx): { id: UserId; session: SessionId } {
  if (ctx.actor.type !== 'user') throw new Problem('unauthenticated')
  return ctx.actor
}
