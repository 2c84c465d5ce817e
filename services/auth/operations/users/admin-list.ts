import { and, eq, exists, getTableColumns, isNull, like, or, sql } from 'drizzle-orm'
import { keyset, type Page } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { type LiveUser, rolesOfUser } from '../../queries.ts'
import { roles, userRoles, users } from '../../schema.ts'
import type { AdminUserQuery, AdminUserSummary } from '../../shapes/user.ts'
import { showAccount } from '../account/internal.ts'
import { adminView } from './internal.ts'

const newestFirst = keyset('users', { id: users.id }, 'desc')

/** Accounts that were not deleted, newest first. */
export async function adminListUsers(
  ctx: Ctx,
  { role, q, ...page }: AdminUserQuery,
): Promise<Page<AdminUserSummary>> {
  const accounts = ctx.db.select({ ...getTableColumns(users), roles: rolesOfUser }).from(users)
  const isMeant = and(
    isNull(users.deleted_at),
    role ? hasRole(ctx, role) : undefined,
    q ? matches(q) : undefined,
  )
  return await newestFirst.list(accounts, page, ({ roles, ...row }) => {
    const user = row as LiveUser
    const { permissions: _, ...account } = showAccount({ user, roles, by_role: null, direct: null })
    return { ...account, ...adminView(user) }
  }, isMeant)
}

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
