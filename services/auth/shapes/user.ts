import { z } from '@hono/zod-openapi'
import type { PageQuery } from '../../../shared/http/pagination.ts'
import { Email, Instant } from '../../../shared/http/schemas.ts'
import { Account, accountFields, FirstName, LastName, Locale } from './account.ts'
import { PermissionName } from './permission.ts'
import { RoleName } from './role.ts'

const adminFields = {
  status: z.enum(['invited', 'active']).openapi({ description: '`invited`: it has no password yet' }),
  last_login_at: Instant.nullable(),
  updated_at: Instant,
}

/** An account as staff see it. */
export const AdminUser = z.object({
  ...Account.shape,
  direct_permissions: z.array(z.string()).openapi({
    description: 'Given directly, whatever the roles',
    example: [],
  }),
  ...adminFields,
}).openapi('AdminUser')
export type AdminUser = z.infer<typeof AdminUser>

export const AdminUserSummary = z.object({ ...accountFields, ...adminFields }).openapi('AdminUserSummary')
export type AdminUserSummary = z.infer<typeof AdminUserSummary>

export const userFilters = {
  role: RoleName.optional().openapi({ description: 'Only users with this role' }),
  q: z.string().trim().min(2).max(100).optional().openapi({
    description: 'Part of the name or e-mail address',
  }),
}
export type AdminUserQuery = PageQuery & { role?: string; q?: string }

const fields = { email: Email, first_name: FirstName, last_name: LastName, locale: Locale.nullable() }

export const NewUser = z.strictObject({
  ...fields,
  locale: fields.locale.default(null),
  roles: z.array(RoleName).min(1).max(20).default(['customer']),
}).openapi('NewUser')
export type NewUser = z.infer<typeof NewUser>

export const UserChanges = z.strictObject(fields).partial().openapi('UserChanges')
export type UserChanges = z.infer<typeof UserChanges>

export const RoleAssignment = z.strictObject({ role: RoleName }).openapi('RoleAssignment')
export type RoleAssignment = z.infer<typeof RoleAssignment>
export const PermissionAssignment = z.strictObject({ permission: PermissionName }).openapi(
  'PermissionAssignment',
)
export type PermissionAssignment = z.infer<typeof PermissionAssignment>
