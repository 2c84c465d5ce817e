import { and, eq, gt, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm'
import { arg, type Executor, prepared } from '../../shared/db/database.ts'
import { found } from '../../shared/db/rows.ts'
import { Problem } from '../../shared/errors/problem.ts'
import {
  permissions,
  rolePermissions,
  roles,
  sessions,
  signingKeys,
  userPermissions,
  userRoles,
  users,
} from './schema.ts'

export type UserId = typeof users.$inferSelect['id']
export type SessionId = typeof sessions.$inferSelect['id']

/** MariaDB hands JSON made by a function over as text, MySQL as a value. Sorted, as JSON_ARRAYAGG keeps no order. */
const names = (value: unknown): string[] =>
  [...new Set((typeof value === 'string' ? JSON.parse(value) : value) as string[])].sort()

/**
 * A list of names beside each row, so that one statement reads all there is of a user. Wrapped once more because
 * Drizzle drops the table from columns at the top of an expression when a query has one table.
 */
const list = (select: SQL) => sql<string[] | null>`(${select})`.mapWith(names)

export const rolesOfUser = list(sql`select json_arrayagg(${roles.name})
  from ${userRoles} join ${roles} on ${roles.id} = ${userRoles.role_id}
  where ${userRoles.user_id} = ${users.id}`)
const permissionsByRole = list(sql`select json_arrayagg(${permissions.name})
  from ${userRoles} join ${rolePermissions} on ${rolePermissions.role_id} = ${userRoles.role_id}
  join ${permissions} on ${permissions.id} = ${rolePermissions.permission_id}
  where ${userRoles.user_id} = ${users.id}`)
const directPermissions = list(sql`select json_arrayagg(${permissions.name})
  from ${userPermissions} join ${permissions} on ${permissions.id} = ${userPermissions.permission_id}
  where ${userPermissions.user_id} = ${users.id}`)
export const permissionsOfRole = list(sql`select json_arrayagg(${permissions.name})
  from ${rolePermissions} join ${permissions} on ${permissions.id} = ${rolePermissions.permission_id}
  where ${rolePermissions.role_id} = ${roles.id}`)

const grants = { roles: rolesOfUser, by_role: permissionsByRole, direct: directPermissions }
type Grants = { roles: string[] | null; by_role: string[] | null; direct: string[] | null }
export const allPermissions = ({ by_role, direct }: Omit<Grants, 'roles'>): string[] =>
  names([...by_role ?? [], ...direct ?? []])

const userById = prepared((db) =>
  db.select({ user: users, ...grants }).from(users).where(
    and(eq(users.id, arg(users.id, 'id')), isNull(users.deleted_at)),
  )
)
type User = typeof users.$inferSelect
/** An account that was not deleted: only then it has an address. */
export type LiveUser = User & { email: string }
export type UserRow = { user: LiveUser } & Grants

/** A user with roles and permissions. Throws `not_found`, also for a deleted one. */
export async function fetchUser(db: Executor, id: UserId): Promise<UserRow> {
  return found(await userById(db, { id })) as UserRow
}

const userByEmail = prepared((db) =>
  db.select({
    user: users,
    is_known_network: sql<number>`(${sql`exists(select 1 from ${sessions}
      where ${sessions.user_id} = ${users.id} and ${sessions.network} = ${
      arg(sessions.network, 'network')
    })`})`,
  }).from(users).where(eq(users.email, arg(users.email, 'email')))
)

/** The account with this address, and whether it was signed in to from this network before. */
export async function findByEmail(
  db: Executor,
  email: string,
  network?: string,
): Promise<{ user: LiveUser; isKnownNetwork: boolean } | undefined> {
  const [row] = await userByEmail(db, { email, network: network ?? null })
  return row && { user: row.user as LiveUser, isKnownNetwork: Number(row.is_known_network) === 1 }
}

const liveSession = prepared((db) =>
  db.select({
    user_id: users.id,
    email: sql<string>`${users.email}`,
    first_name: users.first_name,
    last_name: users.last_name,
    expires_at: sessions.expires_at,
    ...grants,
  })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.user_id))
    .where(and(
      eq(sessions.id, arg(sessions.id, 'session')),
      isNull(sessions.revoked_at),
      gt(sessions.expires_at, arg(sessions.expires_at, 'now')),
      isNull(users.deleted_at),
    ))
)

/** Who a session belongs to, while both stand. */
export async function findLiveSession(db: Executor, session: SessionId, now: Date) {
  const [row] = await liveSession(db, { session, now })
  return row
}

const publishedKeys = prepared((db) =>
  db.select({ public_jwk: signingKeys.public_jwk }).from(signingKeys)
    .where(
      or(isNotNull(signingKeys.is_active), gt(signingKeys.retired_at, arg(signingKeys.retired_at, 'since'))),
    )
)
const activeKey = prepared((db) => db.select().from(signingKeys).where(eq(signingKeys.is_active, sql`true`)))

export async function findPublishedKeys(
  db: Executor,
  retiredSince: Date,
): Promise<Record<string, unknown>[]> {
  const rows = await publishedKeys(db, { since: retiredSince })
  return rows.map((row) => row.public_jwk)
}

/** The key that signs now. Throws `unavailable` while the shop has none: it was not seeded yet. */
export async function fetchActiveKey(db: Executor) {
  const [key] = await activeKey(db)
  if (!key?.private_key) throw new Problem('unavailable')
  return { kid: key.kid, private_key: key.private_key }
}
