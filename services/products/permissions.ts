import { definePermissions, type PermissionOf } from '../../shared/auth/permissions.ts'

export const permissions = definePermissions({
  products: ['view', 'create', 'update', 'delete'],
}, {
  admin: ['products.*'],
  manager: ['products.view', 'products.create', 'products.update'],
  merchant: ['products.*'],
})

declare module '../../shared/auth/permissions.ts' {
  interface ServicePermissions {
    products: PermissionOf<typeof permissions>
  }
}
