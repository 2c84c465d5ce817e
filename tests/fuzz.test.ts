import fc from 'fast-check'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operations } from './support/contract.ts'
import { checksums, fill, idsOf, settled } from './support/filled-shop.ts'
import { type Attack, attacks } from './support/hostile.ts'
import { type Client, newShop, operator, type Shop } from './support/shops.ts'

/**
 * Hostile values for every field, parameter and header of every operation. Whatever comes: no 5xx, only what the contract
 * documents (each answer is held against it), and nothing changed by a refusal.
 *
 * The short run is the same each time. `FUZZ_RUNS=200 npm test -- tests/fuzz.test.ts` tries others, for longer;
 * `FUZZ_SEED` repeats such a run.
 */
const numRuns = Number(process.env.FUZZ_RUNS ?? 6)
const seed = Number(process.env.FUZZ_SEED ?? (process.env.FUZZ_RUNS ? Date.now() % 2 ** 31 : 1))
console.log(`FUZZ_SEED=${seed} FUZZ_RUNS=${numRuns}`)

let shop: Shop
let people: Record<Attack['as'], () => Promise<Client>>
const ids = new Map<string, string>()
let state: Record<string, string>

beforeAll(async () => {
  shop = await newShop({ plan: 'business' })
  await fill(shop)
  for (const [prefix, [first]] of await idsOf(shop)) ids.set(prefix, first!)
  people = {
    visitor: () => Promise.resolve(shop.visitor()),
    customer: remembered(() => shop.customer()),
    owner: remembered(() => shop.owner()),
  }
  state = await settled(shop)
})
afterAll(async () => {
  if (!shop) return
  const { body } = await (await shop.owner()).get('/v1/admin/products', 200)
  expect(body.data.length).toBeGreaterThan(0)
})

/** Signs in once, and again where an attack has ended the session. */
function remembered(signIn: () => Promise<Client>): () => Promise<Client> {
  let client: Client | undefined
  return async () => {
    if (client && (await client.get('/v1/auth/me')).status === 200) return client
    client = await signIn()
    state = await settled(shop)
    return client
  }
}

/** What would end the attacks rather than the shop. */
const isAboutSelf = (operationId: string) => /logout|deleteAccount|revoke|rotate/i.test(operationId)

const shops = operations.filter((each) => each.document === 'shop' && !isAboutSelf(each.operationId))
describe.each(shops)('$operationId', (operation) => {
  test('holds against hostile input', async () => {
    await fc.assert(
      fc.asyncProperty(attacks(operation, ids), async (attack) => {
        const client = await people[attack.as]()
        const answer = await client.call(attack.method, attack.path, attack.body, undefined, attack.headers)
        expect(answer.status, answer.text.slice(0, 500)).toBeLessThan(500)
        if (answer.status < 400) state = attack.method === 'GET' ? state : await settled(shop)
        else {
          expect(answer.text.length, 'a refusal is small').toBeLessThan(8_192)
          const [before, after] = [state, await checksums(shop)]
          state = after
          expect(after, 'a refusal changes nothing').toEqual(before)
        }
      }),
      { numRuns, seed, endOnFailure: true },
    )
  })
})

describe.each(operations.filter((each) => each.document === 'platform' && each.method !== 'DELETE'))(
  '$operationId, of the platform,',
  (operation) => {
    test('holds against hostile input', async () => {
      await fc.assert(
        fc.asyncProperty(attacks(operation, ids), async (attack) => {
          const { authorization } = attack.headers
          const answer = await operator().call(attack.method, attack.path, attack.body, {
            ...attack.headers,
            ...(authorization === undefined ? {} : { authorization }),
          })
          expect(answer.status, answer.text.slice(0, 500)).toBeLessThan(500)
        }),
        { numRuns, seed, endOnFailure: true },
      )
    })
  },
)
