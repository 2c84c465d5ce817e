import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { newShop, PASSWORD, type Shop } from './support/shops.ts'

/** `table.column` wherever this text stands, as text or as bytes, in any case. */
async function placesOf(shop: Shop, text: string): Promise<string[]> {
  const columns = await shop.rows<{ t: string; c: string }>(
    'auth',
    'select table_name as t, column_name as c from information_schema.columns where table_schema = database()',
  )
  const places: string[] = []
  for (const { t, c } of columns) {
    const found = await shop.rows(
      'auth',
      `select 1 from \`${t}\` where instr(lower(convert(\`${c}\` using utf8mb4)), ?) > 0 limit 1`,
      [text.toLowerCase()],
    )
    if (found.length > 0) places.push(`${t}.${c}`)
  }
  return places
}

test('nothing in the database tells of a person whose account was deleted, and others are untouched', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const mark = randomBytes(5).toString('hex')
  const email = `zelda-${mark}@example.com`
  const moved = `moved-${mark}@example.com`
  const person = {
    'x-client-ip': '203.0.113.77',
    'user-agent': `Agent-${mark}`,
  }
  const visitor = shop.visitor().with(person)

  // Made by staff with a key, so that the answer is kept; invited, signed in and out, changed by both sides.
  const input = { email, first_name: `Zelda${mark}`, last_name: `Zimmer${mark}`, locale: null }
  const key = { 'idempotency-key': randomBytes(8).toString('hex') }
  const { body: user } = await owner.post('/v1/admin/users', input, 201, key)
  const { body: invitation } = await owner.post(`/v1/admin/users/${user.id}/invitations`, undefined, 201)
  const acceptance = { token: invitation.token, password: PASSWORD }
  const { body: session } = await visitor.post('/v1/auth/invitations/accept', acceptance, 200)
  await visitor.post('/v1/auth/refresh', { refresh_token: session.refresh_token }, 200)
  await visitor.post('/v1/auth/login', { email, password: 'not the password' }, 401)
  const { body: phone } = await visitor.post('/v1/auth/login', { email, password: PASSWORD }, 200)
  await visitor.withToken(phone.access_token).post('/v1/auth/logout', undefined, 204)
  const client = visitor.withToken(session.access_token)
  await client.patch('/v1/auth/me', { first_name: `Zoe${mark}` }, 200)
  await owner.patch(`/v1/admin/users/${user.id}`, { email: moved }, 200)
  await owner.post(`/v1/admin/users/${user.id}/roles`, { role: 'support' }, 200)

  const bystander = await shop.customer(`bystander-${mark}@example.com`)
  const personal = [
    email,
    moved,
    `Zelda${mark}`,
    `Zoe${mark}`,
    `Zimmer${mark}`,
    '203.0.113.77',
    `Agent-${mark}`,
  ]
  for (const text of personal) expect(await placesOf(shop, text), text).not.toEqual([])

  await owner.delete(`/v1/admin/users/${user.id}`, 204)
  for (const text of personal) expect([text, await placesOf(shop, text)]).toEqual([text, []])
  // Told to the others without a word about the person, and accounted for.
  const [event] = await shop.rows<{ envelope: string }>(
    'auth',
    `select envelope from outbox where envelope like '%auth.user.deleted%'`,
  )
  expect(JSON.parse(event!.envelope).data).toMatchObject({ user_id: user.id, anonymize: true })
  const audit = await shop.rows<{ action: string; ip_address: string | null }>(
    'auth',
    'select action, ip_address from audit_log where target = ?',
    [user.id],
  )
  expect(audit.map((row) => row.action)).toEqual(
    expect.arrayContaining(['user.created', 'user.logged_in', 'user.deleted']),
  )
  await bystander.get('/v1/auth/me', 200)
  expect(await placesOf(shop, `bystander-${mark}@example.com`)).toEqual(
    ['outbox.envelope', 'users.email'].toSorted(),
  )
})

test('the empty row of a deleted account, old sessions, counts and invitations are purged by the job', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const customer = await shop.customer()
  await shop.visitor().post(
    '/v1/auth/login',
    { email: 'nobody@example.com', password: 'not a password' },
    401,
  )
  await owner.delete(`/v1/admin/users/${customer.userId}`, 204)
  const [row] = await shop.rows('auth', 'select * from users where deleted_at is not null')
  expect(row).toMatchObject({ email: null, first_name: '', last_name: '', password_hash: null })
})
