import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../../shared/http/pagination.ts'
import { Email, Instant } from '../../../shared/http/schemas.ts'
import { Account, accountFields, FirstName, LastName, Locale } from './account.ts'
import { NewPassword } from './password.ts'
import { PermissionName } from './permission.ts'
import { RoleName } from './role.ts'

const staffFields = { last_login_at: Instant.nullable(), updated_at: Instant }

/** An account as staff see it. */
export const User = z.object({
  ...Account.shape,
  direct_permissions: z.array(z.string()).openapi({
    description: 'Given directly, whatever the roles',
    example: [],
  }),
  ...staffFields,
}).openapi('User')
export type User = z.infer<typeof User>

export const UserSummary = z.object({ ...accountFields, ...staffFields }).openapi('UserSummary')
export type UserSummary = z.infer<typeof UserSummary>

export const UserQuery = z.object({
  ...PageQuery(),
  role: RoleName.optional().openapi({ description: 'Only users with this role' }),
  q: z.string().trim().min(2).max(100).optional().openapi({
    description: 'Part of the name or e-mail address',
  }),
})
export type UserQuery = z.infer<typeof UserQuery>

const fields = { email: Email, first_name: FirstName, last_name: LastName, locale: Locale.nullable() }

export const NewUser = z.strictObject({
  ...fields,
  password: NewPassword,
  locale: fields.locale.default(null),
  must_change_password: z.boolean().default(true),
  roles: z.array(RoleName).min(1).max(20).default(['customer']),
}).openapi('NewUser')
export type NewUser = z.infer<typeof NewUser>

export const UserChanges = z.strictObject(fields).partial().openapi('UserChanges')
export type UserChanges = z.infer<typeof UserChanges>

export const GivenRole = z.strictObject({ role: RoleName }).openapi('GivenRole')
export const GivenPermission = z.strictObject({ permission: PermissionName }).openapi('GivenPermission')
