import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { PortClient } from '../service/port.ts'
import type { Tenant } from '../kernel/tenant.ts'
import type { identity } from './identity.ts'
import { issuerOf } from '../auth/issuer.ts'
import { UserTokens } from './user-tokens.ts'

const shop = { id: 'shop-1', domain: 'shop.example' } as Tenant
const ann = 'user_01h2xcejqtf2nbrexx3vqjhp41' as const
const bob = 'user_01h2xcejqtf2nbrexx3vqjhp42' as const
let keys: Awaited<ReturnType<typeof generateKeyPair>>
let jwk: Record<string, unknown>
beforeAll(async () => {
  keys = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  jwk = { ...await exportJWK(keys.publicKey), kid: 'k1' }
})

type Session = { user_id: string; roles?: string[]; permissions?: string[] }
let sessions: Record<string, Session>
let asked: string[]
let tokens: UserTokens
/** What happens while a question is on its way. */
let meanwhile: () => void
beforeEach(() => {
  sessions = {
    ses_a: { user_id: ann, roles: ['support'], permissions: ['orders.view'] },
    ses_a2: { user_id: ann },
  }
  sessions.ses_b = { user_id: bob, roles: ['manager'] }
  asked = []
  tokens = new UserTokens()
  meanwhile = () => {}
})

const port = {
  keys: () => Promise.resolve({ keys: [jwk] }),
  session: ({ session }: { session: string }) => {
    asked.push(session)
    const { user_id = '', roles = [], permissions = [] } = sessions[session] ?? {}
    const answer = { active: session in sessions, user_id, email: '', name: '', roles, permissions }
    meanwhile()
    return Promise.resolve(answer)
  },
} as unknown as PortClient<typeof identity>

const sign = (sub: string, sid: string, issuer = issuerOf(shop)) =>
  new SignJWT({ sid, tid: shop.id }).setProtectedHeader({ alg: 'EdDSA', kid: 'k1' }).setSubject(sub)
    .setAudience('shop').setIssuer(issuer).setExpirationTime('1h').sign(keys.privateKey)
const ask = (token: string) => tokens.actor(token, shop, () => port)
/** Which of these tokens are asked about once more. */
async function askedAgain(...all: string[]): Promise<string[]> {
  asked = []
  for (const token of all) await ask(token)
  return asked
}

test('a token whose subject is not the user of its session is refused', async () => {
  await expect(ask(await sign(bob, 'ses_a'))).rejects.toMatchObject({ code: 'invalid_token' })
  expect(await ask(await sign(ann, 'ses_a'))).toMatchObject({ id: ann, session: 'ses_a' })
})

test('a token of another issuer is refused, and one without any', async () => {
  for (const issuer of ['https://other.example', 'http://shop.example', '']) {
    await expect(ask(await sign(ann, 'ses_a', issuer))).rejects.toMatchObject({ code: 'invalid_token' })
  }
})

test('news of a session, a user, a role or a permission concern nobody else', async () => {
  const all = [await sign(ann, 'ses_a'), await sign(ann, 'ses_a2'), await sign(bob, 'ses_b')]
  expect(await askedAgain(...all)).toEqual(['ses_a', 'ses_a2', 'ses_b'])
  expect(await askedAgain(...all)).toEqual([])
  tokens.forget({ tenant: shop.id, user: ann, session: 'ses_a2' })
  expect(await askedAgain(...all)).toEqual(['ses_a2'])
  tokens.forget({ tenant: shop.id, user: ann })
  expect(await askedAgain(...all)).toEqual(['ses_a', 'ses_a2'])
  tokens.forget({ tenant: shop.id, role: 'manager' })
  expect(await askedAgain(...all)).toEqual(['ses_b'])
  tokens.forget({ tenant: shop.id, permission: 'orders.view' })
  expect(await askedAgain(...all)).toEqual(['ses_a'])
  tokens.forget({ tenant: 'another-shop', user: ann })
  tokens.forget({ tenant: shop.id, keys: true })
  expect(await askedAgain(...all)).toEqual([])
})

test('an answer that news overtook is used, not remembered', async () => {
  const token = await sign(ann, 'ses_a')
  meanwhile = () => tokens.forget({ tenant: shop.id, user: ann })
  await ask(token)
  delete sessions.ses_a
  await expect(ask(token)).rejects.toMatchObject({ code: 'invalid_token' })
})
