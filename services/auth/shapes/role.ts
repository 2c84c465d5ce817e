import { z } from '@hono/zod-openapi'
import { Id, Instant } from '../../../shared/http/schemas.ts'
import { PermissionName } from './permission.ts'

export const RoleName = z.string().max(100).regex(/^[a-z][a-z0-9_-]*$/, 'must be lower-case')
  .openapi({ example: 'warehouse' })
const PermissionNames = z.array(PermissionName).max(200).openapi({ example: ['orders.view', 'products.*'] })

export const AdminRole = z.object({
  id: Id('role'),
  name: z.string().openapi({ example: 'warehouse' }),
  permissions: z.array(z.string()).openapi({ example: ['orders.view', 'products.*'] }),
  is_protected: z.boolean().openapi({ description: 'It can be neither renamed nor deleted' }),
  created_at: Instant,
  updated_at: Instant,
}).openapi('AdminRole')
export type AdminRole = z.infer<typeof AdminRole>

export const NewRole = z.strictObject({ name: RoleName, permissions: PermissionNames.default([]) }).openapi(
  'NewRole',
)
export type NewRole = z.infer<typeof NewRole>

/** Replaces both. */
export const RoleChanges = z.strictObject({ name: RoleName, permissions: PermissionNames }).openapi(
  'RoleChanges',
)
export type RoleChanges = z.infer<typeof RoleChanges>

export const AddedPermissions = z.strictObject({ permissions: PermissionNames.min(1) }).openapi(
  'AddedPermissions',
)
export type AddedPermissions = z.infer<typeof AddedPermissions>
