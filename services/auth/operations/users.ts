import { and, desc, eq, exists, isNull, like, lt, or, sql } from 'drizzle-orm'
import { encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import type { Ctx } from '../needs.ts'
import { fetchUser, rolesOfUser, showAccount, type UserId, type UserRow } from '../queries.ts'
import { roles, userRoles, users } from '../schema.ts'
import type { User, UserQuery, UserSummary } from '../shapes/user.ts'
import { idOfCursor } from './cursors.ts'

/** Accounts that were not deleted, newest first. */
export async function listUsers(ctx: Ctx, { limit, cursor, role, q }: UserQuery): Promise<Page<UserSummary>> {
  const before = idOfCursor('users', 'user', cursor)
  const rows = await ctx.db.select({ user: users, roles: rolesOfUser }).from(users)
    .where(
      and(
        isNull(users.deleted_at),
        before && lt(users.id, before),
        role ? hasRole(ctx, role) : undefined,
        q ? matches(q) : undefined,
      ),
    )
    .orderBy(desc(users.id))
    .limit(limit + 1)
  return page(rows, limit, (row) => encodeCursor('users', [row.user.id]), (row) => {
    const { permissions: _, ...account } = showAccount({ ...row, by_role: null, direct: null })
    return { ...account, ...staffView(row.user) }
  })
}

/** Throws `not_found`. */
export async function readUser(ctx: Ctx, id: UserId): Promise<User> {
  return showUser(await fetchUser(ctx.db, id))
}

export const showUser = (row: UserRow): User => ({
  ...showAccount(row),
  direct_permissions: row.direct ?? [],
  ...staffView(row.user),
})

const staffView = (user: UserRow['user']) => ({
  last_login_at: user.last_login_at?.toISOString() ?? null,
  updated_at: user.updated_at.toISOString(),
})

const hasRole = (ctx: Ctx, name: string) =>
  exists(
    ctx.db.select({ found: sql`1` }).from(userRoles).innerJoin(roles, eq(roles.id, userRoles.role_id))
      .where(and(eq(userRoles.user_id, users.id), eq(roles.name, name))),
  )

function matches(q: string) {
  const pattern = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`
  const fullName = sql`concat(${users.first_name}, ' ', ${users.last_name})`
  return or(like(fullName, pattern(q)), like(users.email, pattern(q.toLowerCase())))
}
