import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { edgeSecret } from '../shared/auth/edge-notice.ts'
import { TENANT_TOKEN_HEADER, tenantTokenIssuer } from '../shared/auth/tenant-token.ts'
import { newId } from '../shared/kernel/id.ts'
import { hostAlone } from './support/host-alone.ts'
import { hooks, notesService } from './support/notes.ts'
import { until } from './support/until.ts'

/** More than a shop may have at work while others ask too. */
const MANY = 12

let shop: Awaited<ReturnType<typeof hostAlone>>
let another: Record<string, string>
beforeAll(async () => {
  const platform = inject('platform')
  shop = await hostAlone(notesService, platform)
  const issue = tenantTokenIssuer(edgeSecret(platform.platformSecret), { issuer: 'edge', audience: 'region' })
  another = { [TENANT_TOKEN_HEADER]: await issue({ ...shop.tenant, id: 'another-shop' }) }
})
afterAll(() => shop?.stop())

const write = (path: string) => shop.send('POST', path, { name: newId('n').slice(-20) })
/** Refused for what it asks, by the operation whose turn it is. */
const askAsAnother = () => shop.send('POST', '/v1/notes', {}, another)

/** Operations of the shop that stand where `hook` is, and how they are let go. */
function held(hook: keyof typeof hooks) {
  let count = 0
  let letGo = () => {}
  const gate = new Promise<void>((resolve) => (letGo = resolve))
  hooks[hook] = () => (count++, gate)
  return { count: () => count, letGo: () => (hooks[hook] = undefined, letGo()) }
}

test('one shop’s requests wait for its own turns, another’s are answered meanwhile', async () => {
  const work = held('beforeAnswer')
  expect((await askAsAnother()).status).toBe(422)
  const answers = Array.from({ length: MANY }, () => write('/v1/notes'))
  await until('some are at work', () => Promise.resolve(work.count() > 0))
  expect((await askAsAnother()).status).toBe(422)
  expect(work.count()).toBeLessThan(MANY / 2)
  work.letGo()
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(MANY).fill(201))
})

test('what waits for somebody outside keeps nobody of its shop from working', async () => {
  expect((await askAsAnother()).status).toBe(422)
  const outside = held('between')
  const answers = Array.from({ length: MANY }, () => write('/v1/slow-notes'))
  await until('all have got as far', () => Promise.resolve(outside.count() === MANY))
  expect((await write('/v1/notes')).status).toBe(201)
  outside.letGo()
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(MANY).fill(201))
})
