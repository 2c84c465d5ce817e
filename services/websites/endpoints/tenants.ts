import { z } from '@hono/zod-openapi'
import { json, ok, route } from '../../../shared/http/route.ts'
import { planNames } from '../../../shared/kernel/plans.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { createOwnerInvitation } from '../operations/owner-invitations/create.ts'
import { createTenant } from '../operations/tenants/create.ts'
import { deleteTenant } from '../operations/tenants/delete.ts'
import { getTenant } from '../operations/tenants/get.ts'
import { listTenants } from '../operations/tenants/list.ts'
import { setTenantStatus } from '../operations/tenants/set-status.ts'
import type { Ctx } from '../needs.ts'
import { NewTenant, OwnerInvitation, TenantStatusChange, TenantView } from '../shapes/tenant.ts'

const tags = ['Tenants']
const params = z.object({ id: z.string().max(27).openapi({ example: 'abc-corporation-7f3a9c' }) })

const tenantFilters = {
  status: z.enum(['provisioning', 'active', 'failed', 'deprovisioning']).optional(),
  plan: z.enum(planNames).optional(),
}

const create = route({
  operationId: 'createTenant',
  method: 'post',
  path: '/tenants',
  summary:
    'Make a shop: its databases, their tables, its owner, its domain. Answers at once; follow it at Location',
  tags,
  access: 'operator',
  idempotent: true,
  request: { body: json(NewTenant) },
  responses: { 202: ok(TenantView, 'The shop that is being made') },
  problems: ['already_exists'],
})

const list = route({
  ...verbs.lists(TenantView, tenantFilters),
  operationId: 'listTenants',
  path: '/tenants',
  summary: 'List the tenants by id',
  tags,
  access: 'operator',
})

const get = route({
  ...verbs.gets(params, TenantView),
  operationId: 'getTenant',
  path: '/tenants/{id}',
  summary: 'One tenant, its sites and the state of its making',
  tags,
  access: 'operator',
})

const remove = route({
  operationId: 'deleteTenant',
  method: 'delete',
  path: '/tenants/{id}',
  summary: 'Close a shop and delete all its data, for good',
  tags,
  access: 'operator',
  request: { params },
  responses: { 202: { description: 'The removal has begun' } },
  problems: ['not_found', 'conflict'],
})

const setStatus = route({
  ...verbs.updates(params, TenantStatusChange, TenantView, 'conflict'),
  method: 'post',
  operationId: 'setTenantStatus',
  path: '/tenants/{id}/status',
  summary: 'Open, close or suspend a shop',
  tags,
  access: 'operator',
})

// No Idempotency-Key: the answer holds a secret, which must not be kept to be replayed.
const inviteOwner = route({
  operationId: 'createOwnerInvitation',
  method: 'post',
  path: '/tenants/{id}/owner-invitations',
  summary: 'Invite the owner of a shop to choose a password: the token is shown this once',
  description:
    'Good for one use within seven days, and until a newer one is made. Also for an owner who lost theirs.',
  tags,
  access: 'operator',
  request: { params },
  responses: { 201: ok(OwnerInvitation, 'The invitation') },
  problems: ['not_found', 'conflict'],
})

export const tenants: Endpoints<Ctx> = (app) => {
  app.openapi(create, async (c) => {
    const { ctx } = c.var
    const tenant = await createTenant(ctx, c.req.valid('json'))
    return c.json(await getTenant(ctx, tenant), 202, { location: `/platform/v1/tenants/${tenant}` })
  })
  app.openapi(list, verbs.listed(listTenants))
  app.openapi(get, verbs.got(getTenant))
  app.openapi(remove, async (c) => {
    await deleteTenant(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 202)
  })
  app.openapi(inviteOwner, async (c) => {
    const invitation = await createOwnerInvitation(c.var.ctx, c.req.valid('param').id)
    return c.json(invitation, 201, { 'cache-control': 'no-store' })
  })
  app.openapi(setStatus, verbs.updated(setTenantStatus))
}
