import { z } from '@hono/zod-openapi'
import { defineEvent } from '../../shared/events/event.ts'
import { Id } from '../../shared/http/schemas.ts'

const at = z.iso.datetime()
const names = { email: z.string(), first_name: z.string(), last_name: z.string() }
const role = { user_id: Id('user'), role_id: Id('role'), role_name: z.string() }
/** The user or service that did it. */
const by = z.string()

export const userCreated = defineEvent('auth.user.created', {
  summary: 'Somebody registered, or was given an account',
  subject: 'user_id',
  data: z.object({ user_id: Id('user'), ...names, roles: z.array(z.string()), created_at: at }),
})

export const userUpdated = defineEvent('auth.user.updated', {
  summary: 'The name, e-mail address or language of a user changed',
  subject: 'user_id',
  data: z.object({
    user_id: Id('user'),
    ...names,
    locale: z.string().nullable(),
    updated_fields: z.array(z.string()),
    updated_at: at,
  }),
})

export const userDeleted = defineEvent('auth.user.deleted', {
  summary: 'An account was deleted: whatever names its user has to go or to be made anonymous',
  subject: 'user_id',
  data: z.object({
    user_id: Id('user'),
    deleted_at: at,
    soft_delete: z.boolean(),
    reason: z.string(),
    anonymize: z.boolean(),
  }),
})

export const userLoggedIn = defineEvent('auth.user.logged_in', {
  summary: 'A session began',
  subject: 'user_id',
  data: z.object({
    user_id: Id('user'),
    email: z.string(),
    session_id: Id('ses'),
    ip_address: z.string().nullable(),
    logged_in_at: at,
  }),
})

export const userLoggedOut = defineEvent('auth.user.logged_out', {
  summary: 'A user ended a session',
  subject: 'user_id',
  data: z.object({ user_id: Id('user'), session_id: Id('ses'), logged_out_at: at }),
})

export const roleAssigned = defineEvent('auth.role.assigned', {
  summary: 'A user was given a role, other than the one everybody starts with',
  subject: 'user_id',
  data: z.object({ ...role, permissions: z.array(z.string()), assigned_at: at, assigned_by: by }),
})

export const roleRevoked = defineEvent('auth.role.revoked', {
  summary: 'A role was taken from a user',
  subject: 'user_id',
  data: z.object({ ...role, revoked_at: at, revoked_by: by }),
})

export const permissionAssigned = defineEvent('auth.permission.assigned', {
  summary: 'A user, or else a role, was given a permission',
  subject: 'permission_id',
  data: z.object({
    user_id: Id('user').nullable(),
    role_id: Id('role').nullable(),
    permission_id: Id('perm'),
    permission_name: z.string(),
    granted_at: at,
    granted_by: by,
  }),
})
