import { createDecipheriv, randomBytes } from 'node:crypto'
import {
  calculateJwkThumbprint,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { deriveSecret } from '../shared/kernel/secrets.ts'
import { newId } from '../shared/kernel/id.ts'
import { type Client, newShop, PASSWORD, type Shop } from './support/shops.ts'
import { until } from './support/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await newShop()
})

const address = () => `p-${randomBytes(6).toString('hex')}@example.com`
const registration = (email = address()) => ({
  email,
  password: PASSWORD,
  first_name: 'Alice',
  last_name: 'Martin',
})
const network = () => `198.51.${randomBytes(1)[0]}.${randomBytes(1)[0]}`
const logIn = (client: Client, email: string, password = PASSWORD) =>
  client.post('/v1/auth/login', { email, password })
const isIn = async (client: Client) => (await client.get('/v1/auth/me')).status === 200
/** Well before a process would ask again by itself. Use the token once before: only then is it remembered. */
const endsAtOnce = (client: Client) => until('the token is refused', async () => !await isIn(client), 3_000)

async function eventsOf(id: string): Promise<{ type: string; data: Record<string, unknown> }[]> {
  const rows = await shop.rows<{ envelope: string }>('auth', 'select envelope from outbox order by id')
  return rows.map((row) => JSON.parse(row.envelope)).filter((event) => event.subject === id)
}

describe('registration', () => {
  test('opens a customer account, signs in and tells others', async () => {
    const { body } = await shop.visitor().post(
      '/v1/auth/register',
      registration('New.Customer@Example.com'),
      201,
    )
    expect(body.user).toMatchObject({
      email: 'new.customer@example.com',
      roles: ['customer'],
    })
    expect(body.user.permissions).toEqual([])
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    const me = await shop.visitor().withToken(body.access_token).get('/v1/auth/me', 200)
    expect(me.body).toEqual(body.user)
    const events = await eventsOf(body.user.id)
    expect(events.map((event) => event.type)).toEqual(['auth.user.created', 'auth.user.logged_in'])
    expect(events[0]!.data).toMatchObject({ email: 'new.customer@example.com', roles: ['customer'] })
  })

  test('answers are not kept by anybody on the way', async () => {
    const { headers } = await shop.visitor().post('/v1/auth/register', registration(), 201)
    expect(headers['cache-control']).toBe('no-store')
  })

  test('never takes a role from the client', async () => {
    const { body } = await shop.visitor().post(
      '/v1/auth/register',
      { ...registration(), roles: ['admin'] },
      422,
    )
    expect(body.errors).toEqual([{ pointer: '/roles', message: 'is not a known field' }])
  })

  test('refuses a taken address, in any case, also when two ask at the same time', async () => {
    const email = address()
    const answers = await Promise.all(
      [1, 2, 3].map(() => shop.visitor().post('/v1/auth/register', registration(email))),
    )
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409, 409])
    const { body } = await shop.visitor().post('/v1/auth/register', registration(email.toUpperCase()), 409)
    expect(body.code).toBe('already_exists')
  })

  test.each([
    'Short1!',
    'Password1!',
    'P@ssw0rd2024',
    'Alice-Martin-1',
    'abcdefghijkl',
    'aA1!'.repeat(32),
    'z\ud800Kq8w2x',
  ])(
    'refuses the password %s',
    async (password) => {
      const { body } = await shop.visitor().post('/v1/auth/register', { ...registration(), password }, 422)
      expect(body.errors).toEqual([{ pointer: '/password', message: expect.any(String) }])
    },
  )

  test('takes long passphrases, and knows them however their accents were typed', async () => {
    const [email, password] = [address(), 'un café très serré à Saint-Malo, sans sucre']
    await shop.visitor().post('/v1/auth/register', {
      ...registration(email),
      password: password.normalize('NFD'),
    }, 201)
    expect((await logIn(shop.visitor(), email, password.normalize('NFC'))).status).toBe(200)
    expect((await logIn(shop.visitor(), email, password.normalize('NFD'))).status).toBe(200)
    expect((await logIn(shop.visitor(), email, password.replace('é', 'e'))).status).toBe(401)
  })

  test.each([['r&d@example.com', 'r&d@example.com'], ['x@bücher.example', 'x@xn--bcher-kva.example'], [
    'x@XN--BCHER-KVA.example',
    'x@xn--bcher-kva.example',
  ]])('takes the address %s', async (email, kept) => {
    const mark = randomBytes(3).toString('hex')
    const { body } = await shop.visitor().post('/v1/auth/register', registration(mark + email), 201)
    expect(body.user.email).toBe(mark + kept)
    expect((await logIn(shop.visitor(), mark + email)).status).toBe(200)
  })

  test('is limited by network, the /64 of an IPv6 address', async () => {
    const answers = []
    for (let i = 0; i < 21; i++) {
      const visitor = shop.visitor().with({ 'x-client-ip': `2001:db8:77:1::${i.toString(16)}` })
      answers.push(await visitor.post('/v1/auth/register', registration('owner@example.com')))
    }
    expect(answers.map((answer) => answer.status)).toEqual([...Array(20).fill(409), 429])
  })

  test('keeps passwords and refresh tokens as hashes only', async () => {
    const email = address()
    const { body } = await shop.visitor().post('/v1/auth/register', registration(email), 201)
    const [user] = await shop.rows<{ password_hash: string }>('auth', 'select * from users where email = ?', [
      email,
    ])
    expect(user!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    const tables = await shop.rows<{ name: string }>(
      'auth',
      `select table_name as name from information_schema.tables where table_schema = database()`,
    )
    for (const { name } of tables) {
      const text = JSON.stringify(await shop.rows('auth', `select * from \`${name}\``))
      expect([
        name,
        text.includes(PASSWORD),
        text.includes(body.refresh_token),
        text.includes(body.access_token),
      ])
        .toEqual([name, false, false, false])
    }
  })
})

describe('sign-in', () => {
  test('answers a wrong password and an unknown address alike', async () => {
    const email = address()
    await shop.customer(email)
    const wrong = await logIn(shop.visitor(), email, 'Wrong-Horse-7!')
    const unknown = await logIn(shop.visitor(), address(), 'Wrong-Horse-7!')
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_credentials'])
    const { request_id: _a, ...first } = wrong.body
    const { request_id: _b, ...second } = unknown.body
    expect(second).toEqual(first)
  })

  test('an address is closed after five wrong passwords, however they come, even to the right one', async () => {
    const email = address()
    await shop.customer(email)
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => logIn(shop.visitor(), email, 'Wrong-Horse-7!')),
    )
    const statuses = answers.map((answer) => answer.status).toSorted()
    expect(statuses).toEqual([...Array(5).fill(401), ...Array(7).fill(429)])
    const closed = await logIn(shop.visitor(), email)
    expect([closed.status, closed.body.code]).toEqual([429, 'too_many_requests'])
    expect(Number(closed.headers['retry-after'])).toBeGreaterThan(250)
    await shop.customer()
  })

  test('the count starts again when its window is over', async () => {
    const email = address()
    await shop.customer(email)
    for (let i = 0; i < 6; i++) await logIn(shop.visitor(), email, 'Wrong-Horse-7!')
    expect((await logIn(shop.visitor(), email)).status).toBe(429)
    await shop.rows('auth', 'update throttles set window_ends_at = utc_timestamp(3)')
    for (let i = 0; i < 5; i++) {
      expect((await logIn(shop.visitor(), email, 'Wrong-Horse-7!')).status).toBe(401)
    }
    expect((await logIn(shop.visitor(), email)).status).toBe(429)
  })

  test('a right password clears the count of its address', async () => {
    const email = address()
    await shop.customer(email)
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 4; i++) {
        expect((await logIn(shop.visitor(), email, 'Wrong-Horse-7!')).status).toBe(401)
      }
      expect((await logIn(shop.visitor(), email)).status).toBe(200)
    }
  })

  test('right passwords at the same time are all taken', async () => {
    const email = address()
    await shop.customer(email)
    const visitor = shop.visitor().with({ 'x-client-ip': network() })
    const answers = await Promise.all(Array.from({ length: 30 }, () => logIn(visitor, email)))
    expect(answers.map((answer) => answer.status)).toEqual(Array(30).fill(200))
  })

  test('a network is closed after twenty wrong passwords; one’s own right ones don’t clear it', async () => {
    const mine = address()
    await shop.customer(mine)
    const visitor = shop.visitor().with({ 'x-client-ip': network() })
    for (let i = 0; i < 20; i++) {
      expect((await logIn(visitor, address(), 'Wrong-Horse-7!')).status).toBe(401)
      if (i % 5 === 0) expect((await logIn(visitor, mine)).status).toBe(200)
    }
    const victim = address()
    await shop.customer(victim)
    for (let i = 0; i < 6; i++) expect((await logIn(visitor, victim)).status).toBe(429)
    // The network's attempts did not close the account to others.
    expect((await logIn(shop.visitor().with({ 'x-client-ip': network() }), victim)).status).toBe(200)
  })

  describe('while others guess at an account', () => {
    /** Wrong passwords from more and more networks, until strangers are shut out. */
    async function shutOut(email: string): Promise<void> {
      for (let guesses = 0;; guesses++) {
        const stranger = shop.visitor().with({ 'x-client-ip': network() })
        const { status } = await logIn(stranger, email, 'Wrong-Horse-7!')
        if (status === 429) return
        expect(guesses).toBeLessThan(20)
      }
    }

    test('strangers are shut out wherever they come from, as of an account that isn’t there', async () => {
      const known = address()
      await shop.customer(known)
      for (const email of [known, address()]) {
        await shutOut(email)
        const { status, headers } = await logIn(shop.visitor().with({ 'x-client-ip': network() }), email)
        expect([status, Number(headers['retry-after']) > 60]).toEqual([429, true])
      }
    })

    test('a network that was signed in from keeps a way in', async () => {
      const email = address()
      const home = shop.visitor().with({ 'x-client-ip': '2001:db8:5:6::1' })
      await home.post('/v1/auth/register', registration(email), 201)
      await shutOut(email)
      const elsewhere = home.with({ 'x-client-ip': '2001:db8:5:6:7:8:9:a' })
      expect((await logIn(elsewhere, email)).status).toBe(200)
      for (let i = 0; i < 5; i++) expect((await logIn(elsewhere, email, 'Wrong-Horse-7!')).status).toBe(401)
      expect((await logIn(elsewhere, email)).status).toBe(429)
    })

    test('a device keeps a way in, even where its own network is shut out; for its account alone', async () => {
      const email = address()
      const cafe = shop.visitor().with({ 'x-client-ip': network() })
      const { device_token } = (await cafe.post('/v1/auth/register', registration(email), 201)).body
      const other = address()
      await shop.customer(other)
      for (let i = 0; i < 21; i++) await logIn(cafe, address(), 'Wrong-Horse-7!')
      await shutOut(email)
      await shutOut(other)
      const withDevice = (email: string, token: string, password = PASSWORD) =>
        cafe.post('/v1/auth/login', { email, password, device_token: token })
      expect((await logIn(cafe, email)).status).toBe(429)
      const signedIn = await withDevice(email, device_token)
      expect(signedIn.status).toBe(200)
      expect((await withDevice(other, device_token)).status).toBe(429)
      expect(
        (await withDevice(email, device_token.replace(/^./, (c: string) => c === 'A' ? 'B' : 'A'))).status,
      ).toBe(429)
      // Its own guesses are counted as well, and a newer token of the same device doesn't start again.
      const newer = signedIn.body.device_token
      for (let i = 0; i < 5; i++) expect((await withDevice(email, newer, 'Wrong-Horse-7!')).status).toBe(401)
      expect((await withDevice(email, device_token)).status).toBe(429)
    })
  })

  test('successes and failures are audited', async () => {
    const email = address()
    const customer = await shop.customer(email)
    await logIn(
      shop.visitor().with({ 'x-client-ip': '203.0.113.9', 'user-agent': 'test' }),
      email,
      'Wrong-Horse-7!',
    )
    const rows = await shop.rows(
      'auth',
      'select action, ip_address, user_agent from audit_log where target = ? order by id',
      [customer.userId],
    )
    expect(rows.map((row) => row.action)).toEqual(['user.registered', 'user.logged_in', 'user.login_failed'])
    expect(rows[2]).toMatchObject({ ip_address: '203.0.113.9', user_agent: 'test' })
  })
})

describe('refreshing', () => {
  const refresh = (refresh_token: string) => shop.visitor().post('/v1/auth/refresh', { refresh_token })
  const newSession = async () => (await shop.visitor().post('/v1/auth/register', registration(), 201)).body

  test('exchanges a token for new ones of the same session, 14 days long', async () => {
    const first = await newSession()
    const second = (await refresh(first.refresh_token)).body
    expect(second.session_id).toBe(first.session_id)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(decodeJwt(second.access_token).jti).not.toBe(decodeJwt(first.access_token).jti)
    const days = (Date.parse(second.refresh_expires_at) - Date.now()) / 86_400_000
    expect(days).toBeCloseTo(14, 2)
    expect(await isIn(shop.visitor().withToken(second.access_token))).toBe(true)
    expect((await refresh(second.refresh_token)).status).toBe(200)
  })

  test('a token that comes back ends its whole session, and no other', async () => {
    const email = address()
    const stolen = (await shop.visitor().post('/v1/auth/register', registration(email), 201)).body
    const other = (await logIn(shop.visitor(), email)).body
    const newest = (await refresh(stolen.refresh_token)).body
    expect(await isIn(shop.visitor().withToken(newest.access_token))).toBe(true)
    const thief = shop.visitor().with({ 'user-agent': 'thief' })
    const reused = await thief.post('/v1/auth/refresh', { refresh_token: stolen.refresh_token })
    expect([reused.status, reused.body.code]).toEqual([401, 'invalid_token'])
    await endsAtOnce(shop.visitor().withToken(newest.access_token))
    expect((await refresh(newest.refresh_token)).status).toBe(401)
    expect(await isIn(shop.visitor().withToken(other.access_token))).toBe(true)
    expect((await refresh(other.refresh_token)).status).toBe(200)
    const audit = await shop.rows(
      'auth',
      `select action from audit_log where target = ? order by id desc limit 1`,
      [
        stolen.user.id,
      ],
    )
    expect(audit).toEqual([{ action: 'session.refresh_token_reused' }])
  })

  test('tabs that ask at the same time all get the same new token, and go on with it', async () => {
    const session = await newSession()
    for (let [token, round] = [session.refresh_token, 0]; round < 3; round++) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(token)))
      expect(answers.map((answer) => answer.status)).toEqual(Array(8).fill(200))
      const tokens = new Set(answers.map((answer) => answer.body.refresh_token))
      expect(tokens.size).toBe(1)
      for (const { body } of answers.slice(0, 2)) {
        expect(await isIn(shop.visitor().withToken(body.access_token))).toBe(true)
      }
      token = [...tokens][0]
    }
  })

  test('the grace ends after ten seconds: then the token is a copy', async () => {
    const session = await newSession()
    const next = (await refresh(session.refresh_token)).body
    expect((await refresh(session.refresh_token)).body.refresh_token).toBe(next.refresh_token)
    await shop.rows(
      'auth',
      `update refresh_tokens set used_at = used_at - interval 10 second where used_at is not null and session_id =
      (select id from sessions s where s.user_id = (select id from users where email = ?))`,
      [session.user.email],
    )
    expect((await refresh(session.refresh_token)).status).toBe(401)
    expect((await refresh(next.refresh_token)).status).toBe(401)
    await endsAtOnce(shop.visitor().withToken(next.access_token))
  })

  test('refuses what is expired, unknown or not a token', async () => {
    const session = await newSession()
    await shop.rows(
      'auth',
      `update refresh_tokens set expires_at = utc_timestamp(3) where session_id =
      (select id from sessions s where s.user_id = (select id from users where email = ?))`,
      [session.user.email],
    )
    expect((await refresh(session.refresh_token)).status).toBe(401)
    // An expired one that was never used is no sign of theft.
    expect(await isIn(shop.visitor().withToken(session.access_token))).toBe(true)
    expect((await refresh(randomBytes(32).toString('base64url'))).status).toBe(401)
    expect((await refresh(session.access_token)).status).toBe(422)
  })
})

describe('sessions', () => {
  test('logging out ends this session at once, for access and refresh tokens, and no other', async () => {
    const email = address()
    const customer = await shop.customer(email)
    const phone = (await logIn(shop.visitor(), email)).body
    const onPhone = shop.visitor().withToken(phone.access_token)
    expect(await isIn(onPhone)).toBe(true)
    await onPhone.post('/v1/auth/logout', undefined, 204)
    await endsAtOnce(onPhone)
    expect((await shop.visitor().post('/v1/auth/refresh', { refresh_token: phone.refresh_token })).status)
      .toBe(401)
    expect(await isIn(customer)).toBe(true)
    const last = (await eventsOf(customer.userId!)).at(-1)!
    expect([last.type, last.data.session_id]).toEqual(['auth.user.logged_out', phone.session_id])
  })

  test('one’s own are listed newest first and can be ended; another’s are not there', async () => {
    const email = address()
    const customer = await shop.customer(email)
    const phone =
      (await logIn(shop.visitor().with({ 'user-agent': 'Phone', 'x-client-ip': network() }), email)).body
    const { body } = await customer.get('/v1/auth/sessions?limit=1', 200)
    expect(body).toMatchObject({
      has_more: true,
      data: [{ id: phone.session_id, is_current: false, user_agent: 'Phone' }],
    })
    const rest = await customer.get(`/v1/auth/sessions?limit=1&cursor=${body.next_cursor}`, 200)
    expect(rest.body).toMatchObject({ has_more: false, data: [{ is_current: true }] })
    expect(await isIn(shop.visitor().withToken(phone.access_token))).toBe(true)
    const stranger = await shop.customer()
    await stranger.delete(`/v1/auth/sessions/${phone.session_id}`, 404)
    await customer.delete(`/v1/auth/sessions/${newId('ses')}`, 404)
    await customer.delete(`/v1/auth/sessions/${phone.session_id}`, 204)
    await customer.delete(`/v1/auth/sessions/${phone.session_id}`, 404)
    await endsAtOnce(shop.visitor().withToken(phone.access_token))
    expect((await customer.get('/v1/auth/sessions', 200)).body.data).toHaveLength(1)
  })

  test('a made-up cursor is refused', async () => {
    const customer = await shop.customer()
    const cursor = Buffer.from(JSON.stringify(['sessions', 'ses_not-an-id'])).toString('base64url')
    expect((await customer.get(`/v1/auth/sessions?cursor=${cursor}`, 400)).body.code).toBe('invalid_cursor')
  })
})

describe('one’s own account', () => {
  test('can be renamed, and others are told what changed', async () => {
    const customer = await shop.customer()
    const { body } = await customer.patch('/v1/auth/me', { first_name: 'Zoé', locale: 'fr-FR' }, 200)
    expect(body).toMatchObject({ first_name: 'Zoé', last_name: 'Martin', locale: 'fr-FR' })
    await customer.patch('/v1/auth/me', {}, 200)
    const updates = (await eventsOf(customer.userId!)).filter((event) => event.type === 'auth.user.updated')
    expect(updates.map((event) => event.data.updated_fields)).toEqual([['first_name', 'locale']])
    await customer.patch('/v1/auth/me', { email: address() }, 422)
    await shop.visitor().get('/v1/auth/me', 401)
  })

  test('another password ends every session and the old password, and begins a new session', async () => {
    const email = address()
    const customer = await shop.customer(email)
    const here = (await logIn(shop.visitor(), email)).body
    const other = (await logIn(shop.visitor(), email)).body
    expect(await isIn(shop.visitor().withToken(other.access_token))).toBe(true)
    const change = { current_password: PASSWORD, new_password: 'Better-Horse-8?' }
    const changed = await shop.visitor().withToken(here.access_token).post('/v1/auth/password', change, 200)
    expect(changed.headers['cache-control']).toBe('no-store')
    for (const ended of [other, here]) {
      await endsAtOnce(shop.visitor().withToken(ended.access_token))
      expect((await shop.visitor().post('/v1/auth/refresh', { refresh_token: ended.refresh_token })).status)
        .toBe(401)
    }
    expect(await isIn(customer)).toBe(false)
    expect(await isIn(shop.visitor().withToken(changed.body.access_token))).toBe(true)
    expect(
      (await shop.visitor().post('/v1/auth/refresh', { refresh_token: changed.body.refresh_token })).status,
    )
      .toBe(200)
    expect((await logIn(shop.visitor(), email)).status).toBe(401)
    expect((await logIn(shop.visitor(), email, 'Better-Horse-8?')).status).toBe(200)
  })

  test('the present password has to be known, and the new one to be new and strong', async () => {
    const customer = await shop.customer()
    const change = (current_password: string, new_password: string) =>
      customer.post('/v1/auth/password', { current_password, new_password })
    expect((await change(PASSWORD, PASSWORD)).body.errors[0].pointer).toBe('/new_password')
    expect((await change(PASSWORD, 'weak')).body.errors[0].pointer).toBe('/new_password')
    for (let i = 0; i < 5; i++) {
      expect((await change('Wrong-Horse-7!', 'Better-Horse-8?')).body.errors[0].pointer).toBe(
        '/current_password',
      )
    }
    expect((await change(PASSWORD, 'Better-Horse-8?')).status).toBe(429)
    // A stolen session that guesses doesn't shut its user out.
    expect((await logIn(shop.visitor(), (await customer.get('/v1/auth/me')).body.email)).status).toBe(200)
  })
})

describe('access tokens', () => {
  type Key = { kid: string; key: Awaited<ReturnType<typeof importJWK>> }

  /** The private key, as only somebody with the platform secret can read it. */
  async function privateKey(of: Shop): Promise<Key> {
    const { body } = await of.visitor().get('/v1/auth/jwks', 200)
    const kid = body.keys.at(-1).kid as string
    const [row] = await of.rows<{ private_key: string }>(
      'auth',
      'select private_key from signing_keys where is_active',
    )
    const sealed = Buffer.from(row!.private_key, 'base64url')
    const secret = Buffer.from(
      deriveSecret(inject('platform').platformSecret, `${of.id}/auth/signing-keys/v1`),
      'base64url',
    )
    const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, 12)).setAAD(Buffer.from(kid))
      .setAuthTag(sealed.subarray(12, 28))
    const jwk = JSON.parse(
      Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString(),
    ) as JWK
    return { kid, key: await importJWK(jwk, 'EdDSA') }
  }
  const forge = ({ kid, key }: Key, claims: Record<string, unknown>, expires = '1h') =>
    new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid }).setIssuedAt().setExpirationTime(expires)
      .sign(key)
  const refused = async (of: Shop, token: string) => {
    const { status, body } = await of.visitor().withToken(token).get('/v1/auth/me')
    expect([status, body.code]).toEqual([401, 'invalid_token'])
  }

  test('carry the claims others rely on and verify with the published keys', async () => {
    const { body } = await shop.visitor().post('/v1/auth/register', registration(), 201)
    const jwks = (await shop.visitor().get('/v1/auth/jwks', 200)).body
    const { kid } = decodeProtectedHeader(body.access_token)
    const jwk = jwks.keys.find((key: JWK) => key.kid === kid) as JWK
    expect(await calculateJwkThumbprint(jwk)).toHaveLength(43)
    const { payload, protectedHeader } = await jwtVerify(body.access_token, await importJWK(jwk, 'EdDSA'), {
      issuer: `https://${shop.domain}`,
      audience: 'shop',
      requiredClaims: ['jti', 'iat', 'nbf', 'exp'],
    })
    expect(protectedHeader.alg).toBe('EdDSA')
    expect(payload).toMatchObject({
      sub: body.user.id,
      sid: body.session_id,
      tid: shop.id,
      email: body.user.email,
      roles: ['customer'],
    })
    expect(payload.exp! - payload.iat!).toBe(3600)
  })

  test('private keys lie sealed in the database, and are never published', async () => {
    const [row] = await shop.rows<{ private_key: string; public_jwk: string | object }>(
      'auth',
      'select * from signing_keys',
    )
    const { d } = JSON.parse(JSON.stringify(row!.public_jwk).replace(/^"|\\|"$/g, '')) as JWK
    expect(d).toBeUndefined()
    expect(Buffer.from(row!.private_key, 'base64url').toString('latin1')).not.toContain('Ed25519')
    expect((await shop.visitor().get('/v1/auth/jwks')).text).not.toContain('"d"')
  })

  test('of another shop are refused', async () => {
    const other = await newShop()
    const stranger = await other.customer()
    await refused(shop, stranger.token!)
    const customer = await shop.customer()
    await refused(other, customer.token!)
    expect(await isIn(customer)).toBe(true)
  })

  test('are refused with another algorithm, a changed claim or a broken signature', async () => {
    const customer = await shop.customer()
    const [header, payload, signature] = customer.token!.split('.') as [string, string, string]
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const { kid } = decodeProtectedHeader(customer.token!)
    const jwk = (await shop.visitor().get('/v1/auth/jwks')).body.keys[0] as JWK
    await refused(shop, `${encode({ alg: 'none', kid })}.${payload}.`)
    await refused(shop, `${encode({ alg: 'none', kid })}.${payload}.${signature}`)
    for (
      const secret of [
        Buffer.from(jwk.x!, 'base64url'),
        Buffer.from(jwk.x!),
        Buffer.from(JSON.stringify(jwk)),
      ]
    ) {
      const confused = new SignJWT(decodeJwt(customer.token!)).setProtectedHeader({ alg: 'HS256', kid }).sign(
        secret,
      )
      await refused(shop, await confused)
    }
    const claims = decodeJwt(customer.token!)
    await refused(shop, `${header}.${encode({ ...claims, sub: newId('user') })}.${signature}`)
    await refused(shop, `${header}.${payload}.${signature.slice(0, -4)}AAAA`)
    await refused(shop, 'nonsense')
  })

  test('are refused when they are rightly signed but expired, or for somebody else', async () => {
    const customer = await shop.customer()
    const key = await privateKey(shop)
    const claims = decodeJwt(customer.token!)
    const { sub, sid, tid, aud, iss } = claims
    const good = { sub, sid, tid, aud, iss }
    expect(await isIn(shop.visitor().withToken(await forge(key, good)))).toBe(true)
    await refused(shop, await forge(key, good, '-1s'))
    await refused(shop, await forge(key, { ...good, aud: 'internal' }))
    await refused(shop, await forge(key, { ...good, tid: 'another-shop' }))
    await refused(shop, await forge(key, { ...good, sid: newId('ses') }))
    await refused(shop, await forge(key, { ...good, sub: newId('user') }))
    await refused(shop, await forge(key, { ...good, iss: 'https://elsewhere.example' }))
    await refused(shop, await forge({ ...key, kid: newId('key') }, good))
  })

  test('of a retired key stay good; new ones are signed with the new key', async () => {
    const rotating = await newShop()
    const owner = await rotating.owner()
    await (await rotating.staff('admin')).post('/v1/admin/auth/keys/rotate', undefined, 403)
    await (await rotating.customer()).post('/v1/admin/auth/keys/rotate', undefined, 403)
    const { body: fresh } = await owner.post('/v1/admin/auth/keys/rotate', undefined, 201)
    const kids = async () =>
      (await rotating.visitor().get('/v1/auth/jwks', 200)).body.keys.map((key: JWK) => key.kid)
    const retired = decodeProtectedHeader(owner.token!).kid
    expect((await kids()).toSorted()).toEqual([fresh.kid, retired].toSorted())
    const after = await rotating.customer()
    expect(decodeProtectedHeader(after.token!).kid).toBe(fresh.kid)
    // Where the news was lost, an unknown key is looked for again after five seconds.
    await until('the new key is accepted', () => isIn(after), 8_000)
    expect(await isIn(owner)).toBe(true)
    expect(await rotating.rows('auth', 'select kid from signing_keys where private_key is not null'))
      .toHaveLength(1)
    await rotating.rows(
      'auth',
      'update signing_keys set retired_at = utc_timestamp(3) - interval 66 minute where is_active is null',
    )
    expect(await kids()).toEqual([fresh.kid])
  })
})
