import { definePermissions, type PermissionOf } from '../../shared/auth/permissions.ts'

export const permissions = definePermissions({
  users: ['view', 'create', 'update', 'delete'],
  roles: ['view', 'create', 'update', 'delete'],
  settings: ['view', 'update'],
  reports: ['view', 'export'],
  support: ['view', 'respond', 'close'],
}, {
  admin: [
    'users.view',
    'users.create',
    'users.update',
    'roles.view',
    'settings.view',
    'reports.*',
    'support.*',
  ],
  manager: ['reports.view'],
  support: ['users.view', 'support.*'],
  merchant: ['reports.view'],
  // What is one's own (an order, a basket, an account) needs no permission: those are over the whole shop.
  customer: [],
})

declare module '../../shared/auth/permissions.ts' {
  interface ServicePermissions {
    auth: PermissionOf<typeof permissions>
  }
}
