import { definePermissions, type PermissionOf } from '../../shared/auth/permissions.ts'

export const permissions = definePermissions({
  messages: ['view', 'manage'],
}, {
  admin: ['messages.*'],
})

declare module '../../shared/auth/permissions.ts' {
  interface ServicePermissions {
    messages: PermissionOf<typeof permissions>
  }
}
