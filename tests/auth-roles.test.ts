import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import auth from '../services/auth/service.ts'
import { TENANT_TOKEN_HEADER, tenantTokenIssuer } from '../shared/auth/tenant-token.ts'
import { newId } from '../shared/kernel/id.ts'
import { internalSecret } from '../shared/kernel/secrets.ts'
import { send } from '../tools/client/http.ts'
import { type Client, newShop, PASSWORD, type Shop } from './support/shops.ts'
import { seedAgain } from './support/seed-again.ts'
import { until } from './support/until.ts'

let shop: Shop
let owner: Client
beforeAll(async () => {
  shop = await newShop()
  owner = await shop.owner()
})

const address = () => `s-${randomBytes(6).toString('hex')}@example.com`
const unique = (name: string) => `${name}-${randomBytes(3).toString('hex')}`
const newUser = (more = {}) => ({
  email: address(),
  first_name: 'Sam',
  last_name: 'Staff',
  ...more,
})

/** Somebody who has exactly these permissions, by a role of their own. */
async function holderOf(...permissions: string[]): Promise<Client> {
  const role = await owner.post('/v1/admin/roles', { name: unique('holder'), permissions }, 201)
  const user = newUser({ roles: [role.body.name] })
  const { body } = await owner.post('/v1/admin/users', user, 201)
  return await shop.invited(owner, body.id)
}

async function roleId(name: string): Promise<string> {
  const { body } = await owner.get('/v1/admin/roles?limit=100', 200)
  return body.data.find((role: { name: string }) => role.name === name).id
}

async function eventsOf(subject: string): Promise<{ type: string; data: Record<string, unknown> }[]> {
  const rows = await shop.rows<{ envelope: string }>('auth', 'select envelope from outbox order by id')
  return rows.map((row) => JSON.parse(row.envelope)).filter((event) => event.subject === subject)
}

/** Calls a port as another service of the platform does. */
async function callPort(path: string, body: unknown, secret = inject('platform').platformSecret, of = shop) {
  const issue = tenantTokenIssuer(internalSecret(secret), { issuer: 'websites', audience: 'internal' })
  const headers = { [TENANT_TOKEN_HEADER]: await issue(of.tenant) }
  return await send({
    url: inject('platform').regionUrl,
    method: 'POST',
    path: `/internal/${path}`,
    body,
    headers,
  })
}

describe('users', () => {
  test('are listed newest first, found by role, name and address, and paged without gaps', async () => {
    const mark = unique('Müller')
    for (let i = 0; i < 3; i++) {
      await owner.post(
        '/v1/admin/users',
        newUser({ last_name: mark, roles: i ? ['customer'] : ['support'] }),
        201,
      )
    }
    const names = async (query: string) => (await owner.get(`/v1/admin/users?${query}`, 200)).body
    const all = await names(`q=${encodeURIComponent(`Sam ${mark}`)}`)
    expect(all.data).toHaveLength(3)
    const seen = []
    for (let cursor = ''; seen.length < 5;) {
      const part = await names(`q=${encodeURIComponent(mark)}&limit=1${cursor}`)
      seen.push(...part.data)
      if (!part.has_more) break
      cursor = `&cursor=${part.next_cursor}`
    }
    expect(seen).toEqual(all.data)
    expect(
      (await names(`q=${encodeURIComponent(mark)}&role=support`)).data.map((user: { roles: string[] }) =>
        user.roles
      ),
    ).toEqual([['support']])
    expect((await names(`q=${all.data[0].email.toUpperCase()}`)).data).toEqual([all.data[0]])
    expect((await names('q=%25%25')).data).toEqual([])
    expect((await owner.get('/v1/admin/users?cursor=bm9uc2Vuc2U', 400)).body.code).toBe('invalid_cursor')
  })

  test('made by staff are invited, and told to others with their roles', async () => {
    const { body } = await owner.post('/v1/admin/users', newUser({ roles: ['support', 'customer'] }), 201)
    expect(body).toMatchObject({ status: 'invited', roles: ['customer', 'support'], direct_permissions: [] })
    const events = await eventsOf(body.id)
    expect(events.map((event) => [event.type, event.data.role_name])).toEqual([
      ['auth.user.created', undefined],
      ['auth.role.assigned', 'support'],
    ])
    await shop.invited(owner, body.id)
    expect((await owner.get(`/v1/admin/users/${body.id}`, 200)).body.status).toBe('active')
  })

  test('are refused with a taken address, an unknown role or a password', async () => {
    expect((await owner.post('/v1/admin/users', newUser({ email: 'owner@example.com' }), 409)).body.code)
      .toBe('already_exists')
    expect((await owner.post('/v1/admin/users', newUser({ roles: ['nobody'] }), 422)).body.errors[0].pointer)
      .toBe('/roles')
    expect((await owner.post('/v1/admin/users', newUser({ password: PASSWORD }), 422)).body.errors[0].pointer)
      .toBe('/password')
  })

  test('can be changed; a new address is not verified any more', async () => {
    const { body } = await owner.post('/v1/admin/users', newUser(), 201)
    await shop.rows('auth', 'update users set email_verified_at = utc_timestamp(3) where email = ?', [
      body.email,
    ])
    expect(
      (await owner.patch(`/v1/admin/users/${body.id}`, { last_name: 'Renamed' }, 200)).body.email_verified_at,
    ).not.toBeNull()
    const moved = await owner.patch(`/v1/admin/users/${body.id}`, { email: address() }, 200)
    expect(moved.body).toMatchObject({ email_verified_at: null, last_name: 'Renamed' })
    expect((await owner.patch(`/v1/admin/users/${body.id}`, { email: 'owner@example.com' }, 409)).body.code)
      .toBe('already_exists')
    await owner.patch(`/v1/admin/users/${newId('user')}`, { last_name: 'X' }, 404)
    const fields = (await eventsOf(body.id)).filter((event) => event.type === 'auth.user.updated').map((
      event,
    ) => event.data.updated_fields)
    expect(fields).toEqual([['last_name'], ['email']])
  })

  test('that are deleted are gone at once, and their address is free for another account', async () => {
    const email = address()
    const customer = await shop.customer(email)
    const { body: session } = await shop.visitor().post('/v1/auth/login', { email, password: PASSWORD }, 200)
    // Used once, the token is remembered: it is the news of the end that has to count.
    await customer.get('/v1/auth/me', 200)
    await owner.delete(`/v1/admin/users/${customer.userId}`, 204)
    await until('the token is refused', async () => (await customer.get('/v1/auth/me')).status === 401, 3_000)
    await shop.visitor().post('/v1/auth/refresh', { refresh_token: session.refresh_token }, 401)
    expect((await shop.visitor().post('/v1/auth/login', { email, password: PASSWORD }, 401)).body.code).toBe(
      'invalid_credentials',
    )
    const again = await shop.customer(email)
    expect(again.userId).not.toBe(customer.userId)
    await owner.get(`/v1/admin/users/${customer.userId}`, 404)
    await owner.delete(`/v1/admin/users/${customer.userId}`, 404)
    await owner.post(`/v1/admin/users/${customer.userId}/roles`, { role: 'support' }, 404)
    expect((await owner.get(`/v1/admin/users?q=${email}`, 200)).body.data).toMatchObject([{
      id: again.userId,
    }])
    const last = (await eventsOf(customer.userId!)).at(-1)!
    expect([last.type, last.data.soft_delete, last.data.anonymize]).toEqual(['auth.user.deleted', true, true])
  })
})

describe('roles and permissions of a user', () => {
  test('given and taken, they count at once and are told to others', async () => {
    const customer = await shop.customer()
    const path = `/v1/admin/users/${customer.userId}`
    const may = async (path: string) => (await customer.get(path)).status
    expect(await may('/v1/admin/users')).toBe(403)
    expect((await owner.post(`${path}/roles`, { role: 'support' }, 200)).body.roles).toEqual([
      'customer',
      'support',
    ])
    await owner.post(`${path}/roles`, { role: 'support' }, 200)
    await until('the role counts', async () => await may('/v1/admin/users') === 200, 3_000)
    expect(await may('/v1/admin/roles')).toBe(403)
    const granted = await owner.post(`${path}/permissions`, { permission: 'roles.*' }, 200)
    expect(granted.body).toMatchObject({ direct_permissions: ['roles.*'] })
    expect(granted.body.permissions).toContain('roles.*')
    await until('the wildcard counts', async () => await may('/v1/admin/roles') === 200, 3_000)
    await owner.delete(`${path}/permissions/roles.*`, 200)
    await owner.delete(`${path}/permissions/roles.*`, 404)
    await owner.delete(`${path}/roles/support`, 200)
    await owner.delete(`${path}/roles/support`, 404)
    await until(
      'both are gone',
      async () => await may('/v1/admin/roles') === 403 && await may('/v1/admin/users') === 403,
      3_000,
    )
    const events = await eventsOf(customer.userId!)
    expect(events.map((event) => event.type).filter((type) => type.startsWith('auth.role'))).toEqual([
      'auth.role.assigned',
      'auth.role.revoked',
    ])
    expect(events.find((event) => event.type === 'auth.role.assigned')!.data).toMatchObject({
      role_name: 'support',
      assigned_by: owner.userId,
    })
    expect((await owner.post(`${path}/roles`, { role: 'nobody' }, 422)).body.errors[0].pointer).toBe('/role')
    expect((await owner.post(`${path}/permissions`, { permission: 'no.such' }, 422)).body.errors[0].pointer)
      .toBe('/permission')
  })

  test('nobody gives, takes or changes what reaches further than they do', async () => {
    const admin = await shop.staff('admin')
    const customer = await shop.customer()
    const peer = await shop.staff('support')
    const refused = async (
      answer: Promise<{ status: number; body: Record<string, unknown> }>,
      permission: string,
    ) => {
      const { status, body } = await answer
      expect([status, body.code, body.permission]).toEqual([403, 'forbidden', permission])
    }
    const me = `/v1/admin/users/${admin.userId}`
    await refused(admin.post(`${me}/roles`, { role: 'super-admin' }), '*')
    await refused(admin.post(`${me}/permissions`, { permission: '*' }), '*')
    await refused(admin.post(`${me}/permissions`, { permission: 'users.*' }), 'users.*')
    await refused(admin.post(`${me}/permissions`, { permission: 'settings.update' }), 'settings.update')
    await refused(admin.post(`/v1/admin/users/${customer.userId}/roles`, { role: 'super-admin' }), '*')
    await refused(admin.post('/v1/admin/users', newUser({ roles: ['customer', 'super-admin'] })), '*')
    await refused(admin.delete(`/v1/admin/users/${owner.userId}/roles/super-admin`), '*')
    await refused(admin.patch(`/v1/admin/users/${owner.userId}`, { email: address() }), '*')
    // Deleting is no permission of an admin at all.
    await refused(admin.delete(`/v1/admin/users/${customer.userId}`), 'users.delete')
    await refused(
      (await holderOf('users.view', 'users.delete')).delete(`/v1/admin/users/${owner.userId}`),
      '*',
    )
    // What an admin has may be handed on.
    await admin.post(`/v1/admin/users/${customer.userId}/roles`, { role: 'manager' }, 200)
    await admin.post(`/v1/admin/users/${customer.userId}/permissions`, { permission: 'products.delete' }, 200)
    await admin.patch(`/v1/admin/users/${peer.userId}`, { first_name: 'Renamed' }, 200)
    await admin.post('/v1/admin/users', newUser({ roles: ['support'] }), 201)
    const [user] = await shop.rows(
      'auth',
      `select count(*) as owners from user_roles join roles on roles.id = role_id where name = 'super-admin'`,
    )
    expect(user).toEqual({ owners: 1 })
  })

  test('the last super-admin stays, whoever removes whom at the same time', async () => {
    const lonely = await newShop()
    const first = await lonely.owner()
    expect((await first.delete(`/v1/admin/users/${first.userId}/roles/super-admin`, 409)).body.code).toBe(
      'conflict',
    )
    expect((await first.delete(`/v1/admin/users/${first.userId}`, 409)).body.code).toBe('conflict')
    const second = await lonely.staff('super-admin')
    await until('both may', async () => (await second.get('/v1/admin/users')).status === 200, 3_000)
    const answers = await Promise.all([
      first.delete(`/v1/admin/users/${second.userId}`),
      second.delete(`/v1/admin/users/${first.userId}/roles/super-admin`),
      first.delete(`/v1/admin/users/${first.userId}`),
    ])
    expect(answers.filter((answer) => answer.status < 300).length).toBeLessThan(3)
    const left = await lonely.rows(
      'auth',
      `select u.id from users u join user_roles ur on ur.user_id = u.id
      join roles r on r.id = ur.role_id where r.name = 'super-admin' and u.deleted_at is null`,
    )
    expect(left).toHaveLength(1)
  })
})

describe('roles', () => {
  test('are made, read, replaced, added to and deleted', async () => {
    const name = unique('warehouse')
    const made = await owner.post(
      '/v1/admin/roles',
      { name, permissions: ['orders.view', 'products.*'] },
      201,
    )
    expect(made.body).toMatchObject({ name, permissions: ['orders.view', 'products.*'], is_protected: false })
    const path = `/v1/admin/roles/${made.body.id}`
    expect((await owner.get(path, 200)).body).toEqual(made.body)
    const renamed = unique('depot')
    const replaced = await owner.put(
      path,
      { name: renamed, permissions: ['orders.update', 'orders.view'] },
      200,
    )
    expect(replaced.body).toMatchObject({ name: renamed, permissions: ['orders.update', 'orders.view'] })
    expect(
      (await owner.post(`${path}/permissions`, { permissions: ['reports.view', 'orders.view'] }, 200)).body
        .permissions,
    )
      .toEqual(['orders.update', 'orders.view', 'reports.view'])
    expect((await owner.post('/v1/admin/roles', { name: renamed }, 409)).body.code).toBe('already_exists')
    expect((await owner.put(path, { name: 'support', permissions: [] }, 409)).body.code).toBe(
      'already_exists',
    )
    expect((await owner.put(path, { name: renamed, permissions: ['no.such'] }, 422)).body.errors[0].pointer)
      .toBe('/permissions')
    const user = await owner.post('/v1/admin/users', newUser({ roles: [renamed] }), 201)
    expect((await owner.delete(path, 409)).body.code).toBe('in_use')
    await owner.delete(`/v1/admin/users/${user.body.id}`, 204)
    await owner.delete(path, 204)
    await owner.get(path, 404)
    await owner.delete(path, 404)
  })

  test('start as specified, by name', async () => {
    const { body } = await (await newShop()).owner().then((client) => client.get('/v1/admin/roles', 200))
    const names = body.data.map((
      role: { name: string; is_protected: boolean },
    ) => [role.name, role.is_protected])
    expect(names).toEqual([['admin', true], ['customer', true], ['manager', false], ['merchant', false], [
      'super-admin',
      true,
    ], ['support', false]])
    expect(body.data[4].permissions).toEqual(['*'])
  })

  test.each(['super-admin', 'admin', 'customer'])('%s can be neither deleted nor renamed', async (name) => {
    const path = `/v1/admin/roles/${await roleId(name)}`
    const { permissions } = (await owner.get(path, 200)).body
    expect((await owner.delete(path, 403)).body.code).toBe('protected_role')
    expect((await owner.put(path, { name: unique('other'), permissions }, 403)).body.code).toBe(
      'protected_role',
    )
  })

  test('super-admin always grants everything', async () => {
    const path = `/v1/admin/roles/${await roleId('super-admin')}`
    expect((await owner.put(path, { name: 'super-admin', permissions: ['users.view'] }, 403)).body.code).toBe(
      'protected_role',
    )
    expect((await owner.post(`${path}/permissions`, { permissions: ['users.view'] }, 403)).body.code).toBe(
      'protected_role',
    )
  })

  test('nobody edits a role that reaches further than they do', async () => {
    const editor = await holderOf('roles.*', 'orders.view')
    const narrow = await editor.post('/v1/admin/roles', {
      name: unique('narrow'),
      permissions: ['orders.view'],
    }, 201)
    const path = `/v1/admin/roles/${narrow.body.id}`
    const forbidden = (permission: string) => ({ code: 'forbidden', permission })
    expect((await editor.post('/v1/admin/roles', { name: unique('wide'), permissions: ['*'] }, 403)).body)
      .toMatchObject(forbidden('*'))
    expect((await editor.post(`${path}/permissions`, { permissions: ['orders.*'] }, 403)).body).toMatchObject(
      forbidden('orders.*'),
    )
    expect((await editor.put(path, { name: narrow.body.name, permissions: ['users.view'] }, 403)).body)
      .toMatchObject(forbidden('users.view'))
    const support = `/v1/admin/roles/${await roleId('support')}`
    expect((await editor.put(support, { name: 'support', permissions: [] }, 403)).body.code).toBe('forbidden')
    expect((await editor.delete(support, 403)).body.code).toBe('forbidden')
    expect((await editor.get(path, 200)).body.permissions).toEqual(['orders.view'])
  })

  test('what a role grants changes for its users at once', async () => {
    const role = await owner.post('/v1/admin/roles', { name: unique('growing') }, 201)
    const user = newUser({ roles: [role.body.name] })
    const client = await shop.invited(owner, (await owner.post('/v1/admin/users', user, 201)).body.id)
    expect((await client.get('/v1/admin/users')).status).toBe(403)
    await owner.post(`/v1/admin/roles/${role.body.id}/permissions`, { permissions: ['users.view'] }, 200)
    await until(
      'the permission counts',
      async () => (await client.get('/v1/admin/users')).status === 200,
      3_000,
    )
    await owner.put(`/v1/admin/roles/${role.body.id}`, { name: role.body.name, permissions: [] }, 200)
    await until('it counts no more', async () => (await client.get('/v1/admin/users')).status === 403, 3_000)
  })
})

describe('permissions', () => {
  test('of a merchant’s own are made, renamed and deleted; roles lose them', async () => {
    const name = `${unique('loyalty')}.view`
    const made = await owner.post('/v1/admin/permissions', { name }, 201)
    const path = `/v1/admin/permissions/${made.body.id}`
    const role = await owner.post('/v1/admin/roles', { name: unique('club'), permissions: [name] }, 201)
    expect((await owner.post('/v1/admin/permissions', { name }, 409)).body.code).toBe('already_exists')
    const renamed = await owner.put(path, { name: name.replace('.view', '.read') }, 200)
    expect((await owner.get(`/v1/admin/roles/${role.body.id}`, 200)).body.permissions).toEqual([
      renamed.body.name,
    ])
    expect((await owner.put(path, { name: 'users.view' }, 409)).body.code).toBe('already_exists')
    await owner.delete(path, 204)
    expect((await owner.get(`/v1/admin/roles/${role.body.id}`, 200)).body.permissions).toEqual([])
    await owner.get(path, 404)
    await owner.post('/v1/admin/permissions', { name: 'Not A Name' }, 422)
  })

  test('of the platform can be neither renamed nor deleted', async () => {
    const { body } = await owner.get('/v1/admin/permissions?limit=100', 200)
    expect(body.data).toContainEqual(expect.objectContaining({ name: 'orders.cancel', is_protected: true }))
    const id = body.data.find((each: { name: string }) => each.name === 'users.delete').id
    expect((await owner.put(`/v1/admin/permissions/${id}`, { name: 'a.b' }, 409)).body.code).toBe('in_use')
    expect((await owner.delete(`/v1/admin/permissions/${id}`, 409)).body.code).toBe('in_use')
  })

  test('can’t be renamed into more than one has', async () => {
    const name = `${unique('mine')}.view`
    const made = await owner.post('/v1/admin/permissions', { name }, 201)
    const editor = await holderOf('roles.*', name)
    const path = `/v1/admin/permissions/${made.body.id}`
    expect((await editor.put(path, { name: 'anything.else' }, 403)).body).toMatchObject({
      code: 'forbidden',
      permission: 'anything.else',
    })
    const stranger = await holderOf('roles.*')
    await stranger.delete(path, 403)
  })
})

describe('ports', () => {
  const person = { email: 'second@example.com', first_name: 'Sven', last_name: 'Second' }

  test('an owner is made once, and an account that is there keeps its password', async () => {
    const first = await callPort('accounts/createOwner', person)
    const again = await callPort('accounts/createOwner', person)
    expect([first.status, again.status, again.body]).toEqual([200, 200, first.body])
    expect((await owner.get(`/v1/admin/users/${first.body.user_id}`, 200)).body).toMatchObject({
      roles: ['super-admin'],
      status: 'invited',
    })
    const customer = await shop.customer()
    const { body } = await owner.get(`/v1/admin/users/${customer.userId}`, 200)
    await callPort('accounts/createOwner', { ...person, email: body.email })
    expect((await owner.get(`/v1/admin/users/${customer.userId}`, 200)).body.roles).toEqual([
      'customer',
      'super-admin',
    ])
    expect((await shop.signIn(body.email)).token).toBeDefined()
  })

  test('nobody without the platform’s secret reaches them', async () => {
    for (
      const [method, body] of Object.entries({ createOwner: person, inviteOwner: { user_id: owner.userId } })
    ) {
      const forged = await callPort(`accounts/${method}`, body, randomBytes(32).toString('base64url'))
      expect(forged.status).toBe(404)
    }
  })

  test('seeding again changes nothing', async () => {
    const support = `/v1/admin/roles/${await roleId('support')}`
    await owner.put(support, { name: 'support', permissions: ['orders.view'] }, 200)
    const counts = () =>
      shop.rows(
        'auth',
        `select (select count(*) from roles) r, (select count(*) from permissions) p,
      (select count(*) from role_permissions) g, (select count(*) from signing_keys) k`,
      )
    const before = await counts()
    await seedAgain(auth, shop)
    expect(await counts()).toEqual(before)
    expect((await owner.get(support, 200)).body.permissions).toEqual(['orders.view'])
  })

  test('seeding a shop of before gives its starting roles what is new, and nothing that was taken or deleted', async () => {
    const old = await newShop()
    const admin = await old.owner()
    const roleOf = async (name: string) =>
      (await admin.get('/v1/admin/roles?limit=100', 200)).body.data.find((role: { name: string }) =>
        role.name === name
      )
    const manager = await roleOf('manager')
    const kept = manager.permissions.filter((name: string) => name !== 'orders.update')
    await admin.put(`/v1/admin/roles/${manager.id}`, { name: 'manager', permissions: kept }, 200)
    await admin.delete(`/v1/admin/roles/${(await roleOf('merchant')).id}`, 204)
    // As if the platform had only now begun to ask for it.
    await old.rows('auth', `delete from permissions where name = 'baskets.view'`)
    await seedAgain(auth, old)
    expect((await roleOf('manager')).permissions).toEqual(kept)
    expect(kept).toContain('baskets.view')
    expect(await roleOf('merchant')).toBeUndefined()
  })
})
