import { randomBytes } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { newId } from '../shared/kernel/id.ts'
import { type Client, newShop, PASSWORD, type Shop } from './support/shops.ts'

let shop: Shop
let owner: Client
beforeAll(async () => {
  shop = await newShop()
  owner = await shop.owner()
})

type User = { id: string; email: string }
const newUser = async (...roles: string[]): Promise<User> => {
  const email = `i-${randomBytes(6).toString('hex')}@example.com`
  const input = { email, first_name: 'Ines', last_name: 'Invited', ...(roles.length > 0 && { roles }) }
  return (await owner.post('/v1/admin/users', input, 201)).body
}
const invite = async (id: string, by = owner): Promise<string> =>
  (await by.post(`/v1/admin/users/${id}/invitations`, undefined, 201)).body.token
const accept = (token: string, password = PASSWORD) =>
  shop.visitor().post('/v1/auth/invitations/accept', { token, password })
const logIn = (email: string, password = PASSWORD) =>
  shop.visitor().post('/v1/auth/login', { email, password })

async function refused(token: string): Promise<void> {
  const { status, body } = await accept(token)
  expect([status, body.code]).toEqual([422, 'invitation_invalid'])
}

test('until it is accepted nobody can sign in; then its person can, once', async () => {
  const user = await newUser('support')
  const answer = await owner.post(`/v1/admin/users/${user.id}/invitations`, undefined, 201)
  expect(answer.body).toMatchObject({ user_id: user.id, email: user.email })
  expect(answer.headers['cache-control']).toBe('no-store')
  const days = (Date.parse(answer.body.expires_at) - Date.now()) / 86_400_000
  expect(days).toBeCloseTo(7, 2)
  const before = await logIn(user.email)
  expect([before.status, before.body.code]).toEqual([401, 'invalid_credentials'])
  const accepted = await accept(answer.body.token)
  expect(accepted).toMatchObject({ status: 200, body: { user: { id: user.id, roles: ['support'] } } })
  expect((await shop.visitor().withToken(accepted.body.access_token).get('/v1/admin/users')).status).toBe(200)
  expect((await logIn(user.email)).status).toBe(200)
  await refused(answer.body.token)
})

test('of acceptances at the same time one wins', async () => {
  const token = await invite((await newUser()).id)
  const passwords = Array.from({ length: 6 }, (_, i) => `tafel vogel ruisseau ${i}`)
  const answers = await Promise.all(passwords.map((password) => accept(token, password)))
  expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, ...Array(5).fill(422)])
  const won = answers.findIndex((answer) => answer.status === 200)
  expect((await logIn(answers[won]!.body.user.email, passwords[won])).status).toBe(200)
})

test('a weak password is refused, longer for who may do something, and the invitation stays good', async () => {
  const [staff, customer] = [await newUser('support'), await newUser()]
  const [first, second] = [await invite(staff.id), await invite(customer.id)]
  for (const password of ['Password1!', 'ines invited ines invited', 'zK8$pQ2w']) {
    const { status, body } = await accept(first, password)
    expect([status, body.errors[0].pointer]).toEqual([422, '/password'])
  }
  expect((await accept(first)).status).toBe(200)
  expect((await accept(second, 'zK8$pQ2w')).status).toBe(200)
})

test('a newer one, another address, the end of the account and time revoke it', async () => {
  const user = await newUser()
  const first = await invite(user.id)
  const second = await invite(user.id)
  await refused(first)
  await owner.patch(`/v1/admin/users/${user.id}`, { email: `moved-${user.email}` }, 200)
  await refused(second)
  const third = await invite(user.id)
  await shop.rows(
    'auth',
    'update invitations set expires_at = utc_timestamp(3) where user_id = (select id from users where email = ?)',
    [
      `moved-${user.email}`,
    ],
  )
  await refused(third)
  const fourth = await invite(user.id)
  await owner.delete(`/v1/admin/users/${user.id}`, 204)
  await refused(fourth)
  await refused(randomBytes(32).toString('base64url'))
  await owner.post(`/v1/admin/users/${user.id}/invitations`, undefined, 404)
  await owner.post(`/v1/admin/users/${newId('user')}/invitations`, undefined, 404)
})

test('an account that has a password can’t be taken over by inviting it', async () => {
  const customer = await shop.customer()
  const { body } = await owner.post(`/v1/admin/users/${customer.userId}/invitations`, undefined, 409)
  expect(body.code).toBe('conflict')
})

test('nobody invites who may do more than they, nor gets what the account is given meanwhile', async () => {
  const admin = await shop.staff('admin')
  const above = await newUser('super-admin')
  expect((await admin.post(`/v1/admin/users/${above.id}/invitations`, undefined, 403)).body.permission).toBe(
    '*',
  )
  const user = await newUser()
  const token = await invite(user.id, admin)
  await owner.post(`/v1/admin/users/${user.id}/roles`, { role: 'super-admin' }, 200)
  await refused(token)
  await owner.delete(`/v1/admin/users/${user.id}/roles/super-admin`, 200)
  expect((await accept(token)).status).toBe(200)
  const [other, inviter] = [await newUser(), await shop.staff('admin')]
  const orphaned = await invite(other.id, inviter)
  await owner.delete(`/v1/admin/users/${inviter.userId}`, 204)
  await refused(orphaned)
  const support = await shop.staff('support')
  await support.post(`/v1/admin/users/${other.id}/invitations`, undefined, 403)
})

test('its token is stored as a hash only, also where the request names a key', async () => {
  const user = await newUser()
  const key = { 'idempotency-key': randomBytes(8).toString('hex') }
  const path = `/v1/admin/users/${user.id}/invitations`
  const first = await owner.post(path, undefined, 201, key)
  const second = await owner.post(path, undefined, 201, key)
  expect(second.body.token).not.toBe(first.body.token)
  const accepted = (await accept(second.body.token)).body
  const tables = await shop.rows<{ name: string }>(
    'auth',
    'select table_name as name from information_schema.tables where table_schema = database()',
  )
  for (const { name } of tables) {
    const text = JSON.stringify(await shop.rows('auth', `select * from \`${name}\``))
    for (
      const secret of [
        second.body.token,
        accepted.access_token,
        accepted.refresh_token,
        accepted.device_token,
      ]
    ) {
      expect([name, text.includes(secret)]).toEqual([name, false])
    }
  }
})
