import { z } from '@hono/zod-openapi'
import { Id, Instant } from '../../../shared/http/schemas.ts'

export const PermissionName = z.string().max(100)
  .regex(/^(\*|[a-z][a-z0-9_-]*\.(\*|[a-z][a-z0-9_-]*))$/, 'must be `resource.action`, `resource.*` or `*`')
  .openapi({ example: 'products.update' })

export const AdminPermission = z.object({
  id: Id('perm'),
  name: z.string().openapi({ example: 'products.update' }),
  is_protected: z.boolean().openapi({
    description: 'The platform asks for it: it can be neither renamed nor deleted',
  }),
  created_at: Instant,
}).openapi('AdminPermission')
export type AdminPermission = z.infer<typeof AdminPermission>

export const NewPermission = z.strictObject({ name: PermissionName }).openapi('NewPermission')
export type NewPermission = z.infer<typeof NewPermission>

export const PermissionChanges = z.strictObject({ name: PermissionName }).openapi('PermissionChanges')
export type PermissionChanges = z.infer<typeof PermissionChanges>
