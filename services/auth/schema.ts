import {
  boolean,
  index,
  int,
  json,
  mysqlTable,
  primaryKey,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'
import { digest, exactText, id, instant, times } from '../../shared/db/columns.ts'
import { kernelTables } from '../../shared/db/tables.ts'

export const users = mysqlTable('users', {
  id: id('id', 'user').primaryKey(),
  first_name: varchar('first_name', { length: 255 }).notNull(),
  last_name: varchar('last_name', { length: 255 }).notNull(),
  /** Lower case; null once the account was deleted: nothing of the person is left then. */
  email: exactText('email', 254),
  email_verified_at: instant('email_verified_at'),
  /** argon2id, in PHC string format. Null: invited, and nobody can sign in yet. */
  password_hash: varchar('password_hash', { length: 255 }),
  /** BCP 47; null: the shop's. */
  locale: varchar('locale', { length: 35 }),
  last_login_at: instant('last_login_at'),
  deleted_at: instant('deleted_at'),
  ...times,
}, (t) => [uniqueIndex('users_email').on(t.email), index('users_deleted').on(t.deleted_at)])

/** A sign-in on one device. It is the family of its refresh tokens: they are revoked with it, all at once. */
export const sessions = mysqlTable('sessions', {
  id: id('id', 'ses').primaryKey(),
  user_id: id('user_id', 'user').notNull().references(() => users.id, { onDelete: 'cascade' }),
  ip_address: varchar('ip_address', { length: 45 }),
  /** The address, or the /64 it is in: one that was signed in from is known. */
  network: varchar('network', { length: 45 }),
  user_agent: varchar('user_agent', { length: 500 }),
  created_at: instant('created_at').notNull(),
  last_used_at: instant('last_used_at').notNull(),
  expires_at: instant('expires_at').notNull(),
  revoked_at: instant('revoked_at'),
}, (t) => [
  index('sessions_user').on(t.user_id, t.revoked_at),
  index('sessions_expiry').on(t.expires_at),
  index('sessions_revoked').on(t.revoked_at),
])

/** Used ones stay with their session: one that comes back a second time was stolen, from us or from the client. */
export const refreshTokens = mysqlTable('refresh_tokens', {
  /** SHA-256 of 32 random bytes: nothing to guess, so nothing slower is needed. */
  token_hash: digest('token_hash').primaryKey(),
  session_id: id('session_id', 'ses').notNull().references(() => sessions.id, { onDelete: 'cascade' }),
  created_at: instant('created_at').notNull(),
  expires_at: instant('expires_at').notNull(),
  used_at: instant('used_at'),
  /** A digest of the client's address and agent: only the same client gets the successor once more. */
  used_by: digest('used_by'),
}, (t) => [index('refresh_tokens_session').on(t.session_id)])

/** One for each account at most: a newer one takes the place of the one before. Gone when it was accepted. */
export const invitations = mysqlTable('invitations', {
  user_id: id('user_id', 'user').primaryKey().references(() => users.id, { onDelete: 'cascade' }),
  /** SHA-256 of 32 random bytes. */
  token_hash: digest('token_hash').notNull(),
  /** Null: the platform's. It is good only while its inviter may do all that the account may. */
  invited_by: id('invited_by', 'user'),
  created_at: instant('created_at').notNull(),
  expires_at: instant('expires_at').notNull(),
}, (t) => [uniqueIndex('invitations_token').on(t.token_hash), index('invitations_expiry').on(t.expires_at)])

export const signingKeys = mysqlTable(
  'signing_keys',
  {
    kid: id('kid', 'key').primaryKey(),
    public_jwk: json('public_jwk').$type<Record<string, unknown>>().notNull(),
    /** AES-256-GCM; forgotten when the key retires, as nothing is signed with it any more. */
    private_key: varchar('private_key', { length: 512 }),
    /** True for the one key that signs, null for the others: a unique index allows many nulls. */
    is_active: boolean('is_active'),
    created_at: instant('created_at').notNull(),
    activated_at: instant('activated_at').notNull(),
    retired_at: instant('retired_at'),
  },
  (t) => [uniqueIndex('signing_keys_active').on(t.is_active), index('signing_keys_retired').on(t.retired_at)],
)

export const roles = mysqlTable('roles', {
  id: id('id', 'role').primaryKey(),
  name: exactText('name', 100).notNull(),
  ...times,
}, (t) => [uniqueIndex('roles_name').on(t.name)])

export const permissions = mysqlTable('permissions', {
  id: id('id', 'perm').primaryKey(),
  /** `resource.action`, `resource.*` or `*` */
  name: exactText('name', 100).notNull(),
  /** Some service asks for it: it can be neither renamed nor deleted. */
  is_protected: boolean('is_protected').notNull().default(false),
  ...times,
}, (t) => [uniqueIndex('permissions_name').on(t.name)])

export const rolePermissions = mysqlTable(
  'role_permissions',
  {
    role_id: id('role_id', 'role').notNull().references(() => roles.id, { onDelete: 'cascade' }),
    permission_id: id('permission_id', 'perm').notNull().references(() => permissions.id, {
      onDelete: 'cascade',
    }),
  },
  (
    t,
  ) => [
    primaryKey({ columns: [t.role_id, t.permission_id] }),
    index('role_permissions_permission').on(t.permission_id),
  ],
)

/** A role that somebody has can't be deleted. */
export const userRoles = mysqlTable(
  'user_roles',
  {
    user_id: id('user_id', 'user').notNull().references(() => users.id, { onDelete: 'cascade' }),
    role_id: id('role_id', 'role').notNull().references(() => roles.id, { onDelete: 'restrict' }),
  },
  (t) => [primaryKey({ columns: [t.user_id, t.role_id] }), index('user_roles_role').on(t.role_id, t.user_id)],
)

/** Given directly, whatever the roles. */
export const userPermissions = mysqlTable(
  'user_permissions',
  {
    user_id: id('user_id', 'user').notNull().references(() => users.id, { onDelete: 'cascade' }),
    permission_id: id('permission_id', 'perm').notNull().references(() => permissions.id, {
      onDelete: 'cascade',
    }),
  },
  (
    t,
  ) => [
    primaryKey({ columns: [t.user_id, t.permission_id] }),
    index('user_permissions_permission').on(t.permission_id),
  ],
)

export const throttles = mysqlTable('throttles', {
  /** Keyed digest of what is counted: an account, a network, a device. */
  key_hash: digest('key_hash').primaryKey(),
  // Above the window on purpose: an upsert assigns in this order, and the count depends on the old window.
  attempts: int('attempts').notNull(),
  window_ends_at: instant('window_ends_at').notNull(),
}, (t) => [index('throttles_window').on(t.window_ends_at)])

export const tables = {
  users,
  sessions,
  refreshTokens,
  invitations,
  signingKeys,
  roles,
  permissions,
  rolePermissions,
  userRoles,
  userPermissions,
  throttles,
  ...kernelTables,
}
