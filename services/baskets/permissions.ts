import { definePermissions, type PermissionOf } from '../../shared/auth/permissions.ts'

export const permissions = definePermissions({
  baskets: ['view', 'delete'],
  promotions: ['view', 'create', 'update', 'delete'],
}, {
  admin: ['baskets.*', 'promotions.*'],
  manager: ['baskets.view', 'promotions.view', 'promotions.create', 'promotions.update'],
})

declare module '../../shared/auth/permissions.ts' {
  interface ServicePermissions {
    baskets: PermissionOf<typeof permissions>
  }
}
