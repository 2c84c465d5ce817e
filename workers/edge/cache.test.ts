import { expect, test } from 'vitest'
import { ask, edgeWith, PUBLIC, SHOP, shopWith, TENANT, TestLifetime, token } from './testing.ts'

const publicRegion = () => edgeWith(() => new Response('{"a":1}', { headers: PUBLIC }))

test('a public answer is asked for once, whatever the order of its parameters', async () => {
  const edge = publicRegion()
  const miss = await ask(edge, `${SHOP}/v1/products?b=2&a=1`)
  const hit = await ask(edge, `${SHOP}/v1/products?a=1&b=2`)
  expect([miss.headers.get('x-cache'), hit.headers.get('x-cache')]).toEqual(['miss', 'hit'])
  expect(await hit.text()).toBe('{"a":1}')
  expect(hit.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate')
  expect(hit.headers.get('etag')).toBe('W/"one"')
  expect(edge.sent.length).toBe(1)
})

test('whoever has the answer already gets 304, from the cache and past it', async () => {
  const edge = publicRegion()
  for (const how of ['miss', 'hit']) {
    const response = await ask(edge, `${SHOP}/v1/products`, {
      headers: { 'if-none-match': '"zero", W/"one"' },
    })
    expect([response.status, response.headers.get('x-cache'), await response.text()]).toEqual([
      304,
      how,
      '',
    ])
  }
  expect(edge.sent.map(({ init }) => init.headers.has('if-none-match'))).toEqual([false])
})

test.each([
  ['*', 304],
  ['"one"', 304],
  [' W/"one" ', 304],
  ['"a, b", W/"one"', 304],
  ['"a","one"', 304],
  ['"on"', 200],
  ['one', 200],
  ['"one', 200],
  ['', 200],
])('If-None-Match: %s is answered %i', async (given, status) => {
  const response = await ask(publicRegion(), `${SHOP}/v1/products`, { headers: { 'if-none-match': given } })
  expect(response.status).toBe(status)
  expect(response.headers.get('etag')).toBe('W/"one"')
})

test('HEAD is answered from the same entry, without a body', async () => {
  const edge = publicRegion()
  const head = await ask(edge, `${SHOP}/v1/products`, { method: 'HEAD' })
  expect([head.status, await head.text(), edge.sent[0]!.init.method]).toEqual([200, '', 'GET'])
  expect((await ask(edge, `${SHOP}/v1/products`)).headers.get('x-cache')).toBe('hit')
})

test('no shop gets what another has cached, nor what was before its catalogue changed', async () => {
  const shops = [shopWith(), shopWith({ id: 'xyz-000000', domain: 'xyz.localhost' })]
  const edge = edgeWith(() => new Response('{}', { headers: PUBLIC }), { shops })
  await ask(edge, `${SHOP}/v1/products`)
  expect((await ask(edge, 'http://xyz.localhost/v1/products')).headers.get('x-cache')).toBe('miss')
  shops[0] = { ...shops[0]!, catalogue_version: 2 }
  await edge.shops.forget('abc.localhost', new TestLifetime())
  expect((await ask(edge, `${SHOP}/v1/products`)).headers.get('x-cache')).toBe('miss')
})

test.each([
  ['without s-maxage', { ...PUBLIC, 'cache-control': 'public, max-age=60' }, 200],
  ['private', { ...PUBLIC, 'cache-control': 'private, s-maxage=60' }, 200],
  ['with a cookie', { ...PUBLIC, 'set-cookie': 'a=b' }, 200],
  ['that varies', { ...PUBLIC, vary: 'Accept-Language' }, 200],
  ['of a part', PUBLIC, 206],
  ['that is an error', PUBLIC, 404],
])('an answer %s is not kept', async (_name, headers, status) => {
  const edge = edgeWith(() => new Response('{}', { headers: headers as HeadersInit, status }))
  expect((await ask(edge, `${SHOP}/v1/products`)).headers.get('x-cache')).toBe('bypass')
  expect(edge.kept.entries.size).toBe(0)
})

test.each([['authorization', async () => `Bearer ${await token({ tid: TENANT.id })}`], [
  'basket-token',
  () => 'b',
], ['range', () => 'bytes=0-1']])(
  'a request with %s neither reads nor fills it',
  async (name, value) => {
    const edge = publicRegion()
    await ask(edge, `${SHOP}/v1/products`)
    const response = await ask(edge, `${SHOP}/v1/products`, { headers: { [name]: await value() } })
    expect(response.headers.get('x-cache')).toBe('bypass')
    expect(response.headers.get('cache-control')).not.toContain('s-maxage')
    expect(edge.sent.length).toBe(2)
  },
)
