import { definePermissions, type PermissionOf } from '../../shared/auth/permissions.ts'

export const permissions = definePermissions({
  orders: ['view', 'create', 'update', 'delete', 'cancel'],
}, {
  admin: ['orders.view', 'orders.create', 'orders.update', 'orders.cancel'],
  manager: ['orders.view', 'orders.update'],
  support: ['orders.view'],
  merchant: ['orders.view'],
})

declare module '../../shared/auth/permissions.ts' {
  interface ServicePermissions {
    orders: PermissionOf<typeof permissions>
  }
}
