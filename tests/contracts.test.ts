import { beforeAll, describe, expect, test } from 'vitest'
import { operations } from './support/contract.ts'
import { bodyOf, pathOf } from './support/sample.ts'
import { type Client, newShop, operator, type Shop } from './support/shops.ts'

/** The same matrix on every route of every contract: who may not get in. */
const shopRoutes = operations.filter((each) => each.document === 'shop')
const isProtected = (each: (typeof operations)[number]) => each.spec.security !== undefined
const needsPermission = (each: (typeof operations)[number]) =>
  (each.spec.responses['403']?.description ?? '').includes('`forbidden`')

let shop: Shop
let other: Shop
let customer: Client
let stranger: Client

beforeAll(async () => {
  ;[shop, other] = await Promise.all([newShop(), newShop()])
  customer = await shop.customer()
  stranger = await other.owner()
})

test('operation ids are unique over all services', () => {
  const ids = operations.map((each) => each.operationId)
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
})

test('every operation has a summary, a tag and names its problems', () => {
  const bare = operations.filter(({ spec }) => !spec.summary || !spec.tags?.length || !spec.responses['500'])
  expect(bare.map((each) => each.operationId)).toEqual([])
})

describe.each(shopRoutes.filter(isProtected))('$operationId', (operation) => {
  const body = bodyOf(operation)
  const path = pathOf(operation)
  const call = (client: Client) => client.call(operation.method, path, body)

  test('refuses a visitor', async () => {
    expect(await call(shop.visitor())).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  })

  test('refuses a token that is none', async () => {
    expect(await call(shop.visitor().withToken('e30.e30.c2ln'))).toMatchObject({
      status: 401,
      body: { code: 'invalid_token' },
    })
  })

  test('refuses the owner of another shop', async () => {
    expect(await call(shop.visitor().withToken(stranger.token!))).toMatchObject({
      status: 401,
      body: { code: 'invalid_token' },
    })
  })

  if (!needsPermission(operation)) return
  test('refuses a customer', async () => {
    expect(await call(customer)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})

describe.each(shopRoutes.filter((each) => !isProtected(each)))('$operationId, public,', (operation) => {
  test('refuses a bad token rather than taking its bearer for a visitor', async () => {
    const answer = await shop.visitor().withToken(stranger.token!).call(
      operation.method,
      pathOf(operation),
      bodyOf(operation),
    )
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
  })
})

describe.each(operations.filter((each) => each.document === 'platform' && isProtected(each)))(
  '$operationId, of the platform,',
  (operation) => {
    const call = (authorization?: string) =>
      operator().call(operation.method, pathOf(operation), bodyOf(operation), { authorization })

    test('refuses everyone but those it is for', async () => {
      expect((await call(undefined)).status).toBe(401)
      expect((await call('Bearer wrong')).status).toBe(401)
      expect((await call(`Bearer ${stranger.token}`)).status).toBe(401)
    })
  },
)

describe.each(shopRoutes.filter((each) => each.spec.requestBody?.content['application/json']))(
  '$operationId',
  (operation) => {
    test('refuses a body that is not JSON, not an object, or has a field it does not know', async () => {
      const owner = await shop.owner()
      const path = pathOf(operation)
      const header = { 'content-type': 'application/json', 'if-match': '"v1"' }
      expect(await owner.call(operation.method, path, '{"a":', undefined, header)).toMatchObject({
        status: 400,
        body: { code: 'invalid_json' },
      })
      expect((await owner.call(operation.method, path, '[]', undefined, header)).status).toBe(422)
      const unknown = { ...bodyOf(operation), not_a_field_of_this: 1 }
      expect(await owner.call(operation.method, path, unknown, undefined, { 'if-match': '"v1"' }))
        .toMatchObject({
          status: 422,
          body: {
            code: 'validation_failed',
            errors: expect.arrayContaining([{
              pointer: '/not_a_field_of_this',
              message: 'is not a known field',
            }]),
          },
        })
      expect(
        (await owner.call(operation.method, path, '<a/>', undefined, { 'content-type': 'application/xml' }))
          .status,
      ).toBe(415)
    })
  },
)
