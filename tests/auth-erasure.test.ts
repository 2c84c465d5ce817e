import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import auth from '../services/auth/service.ts'
import { hostAlone } from './support/host-alone.ts'
import { newShop, PASSWORD, type Shop } from './support/shops.ts'

/** `table.column` wherever this text stands, as text or as bytes, in any case. */
async function placesOf(shop: Shop, text: string): Promise<string[]> {
  const columns = await shop.rows<{ t: string; c: string }>(
    'auth',
    'select table_name as t, column_name as c from information_schema.columns where table_schema = database()',
  )
  const searches = columns.map(({ t, c }) =>
    `(select '${t}.${c}' as place from \`${t}\` where instr(lower(convert(\`${c}\` using utf8mb4)), ?) > 0 limit 1)`
  )
  const found = await shop.rows<{ place: string }>(
    'auth',
    searches.join(' union all '),
    searches.map(() => text.toLowerCase()),
  )
  return found.map(({ place }) => place).toSorted()
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

describe('the purge', () => {
  let alone: Awaited<ReturnType<typeof hostAlone>>
  beforeAll(async () => {
    alone = await hostAlone(auth, inject('platform'))
  })
  afterAll(() => alone.stop())

  test('removes what is over in any number, and nothing else', async () => {
    const bytes = (n: number) => `unhex(lpad(hex(${n}), 32, '0'))`
    const day = (n: number) => `utc_timestamp(3) - interval ${n} day`
    const user = (n: number, deleted: string) =>
      alone.rows(
        `insert into users (id, first_name, last_name, email, created_at, updated_at, deleted_at)
        values (${bytes(n)}, '', '', ?, ${day(400)}, ${day(400)}, ${deleted})`,
        [deleted === 'null' ? `u${n}@example.com` : null],
      )
    await user(1, 'null')
    await user(2, day(89))
    await user(3, day(91))
    const session = (n: number, expires: string, revoked: string) =>
      alone.rows(
        `insert into sessions (id, user_id, created_at, last_used_at, expires_at, revoked_at)
        values (${bytes(n)}, ${bytes(1)}, ${day(60)}, ${day(60)}, ${expires}, ${revoked})`,
      )
    await session(1, day(-1), 'null')
    await session(2, day(29), day(29))
    await session(3, day(31), 'null')
    await session(4, day(-1), day(31))
    await alone.rows(
      `insert into refresh_tokens (token_hash, session_id, created_at, expires_at)
      values (repeat('x', 32), ${bytes(3)}, ${day(60)}, ${day(31)}), (repeat('y', 32), ${bytes(1)}, ${
        day(1)
      }, ${day(-1)})`,
    )
    const invitation = (n: number, expires: string) =>
      alone.rows(
        `insert into invitations (user_id, token_hash, created_at, expires_at)
        values (${bytes(n)}, repeat(${n}, 32), ${day(8)}, ${expires})`,
      )
    await invitation(1, day(-1))
    await invitation(2, day(1))
    // More than one batch.
    const counts = Array.from({ length: 2_500 }, (_, n) => `(unhex(lpad(hex(${n}), 64, '0')), 1, ${day(1)})`)
    await alone.rows(`insert into throttles (key_hash, attempts, window_ends_at) values ${counts.join(', ')}`)
    await alone.rows(
      `insert into throttles (key_hash, attempts, window_ends_at) values (repeat('z', 32), 1, ${day(-1)})`,
    )

    const [job] = auth.jobs
    const ctx = alone.host.systemContext(auth, alone.tenant, job!.name)
    expect(await job!.run(ctx)).toBe(false)
    const ids = async (table: string, key: string) =>
      (await alone.rows(`select hex(${key}) as id from ${table} order by ${key}`)).map((row) =>
        Number(`0x${row.id}`)
      )
    expect(await ids('users', 'id')).toEqual([1, 2])
    expect(await ids('sessions', 'id')).toEqual([1, 2])
    expect(await ids('invitations', 'user_id')).toEqual([1])
    expect(await alone.rows('select * from refresh_tokens')).toHaveLength(1)
    expect(await alone.rows('select * from throttles')).toHaveLength(1)
  })
})
