import { expect, test } from 'vitest'
import { ask, codeOf, edgeWith, SHOP, TENANT, token } from './testing.ts'

const askAs = async (authorization: string) => {
  const edge = edgeWith()
  const response = await ask(edge, `${SHOP}/v1/orders`, { headers: { authorization } })
  return { response, edge }
}
test('one of this shop passes', async () => {
  expect((await askAs(`Bearer ${await token({ tid: TENANT.id })}`)).response.status).toBe(200)
})
test('one of another shop, an expired one and nonsense stop here', async () => {
  for (
    const authorization of [
      `Bearer ${await token({ tid: 'another-shop' })}`,
      `Bearer ${await token({})}`,
      `Bearer ${await token({ tid: TENANT.id }, 1)}`,
      'Bearer nonsense',
      'Bearer a.b.c',
      'Basic YTpi',
    ]
  ) {
    const { response, edge } = await askAs(authorization)
    expect(await codeOf(response)).toBe('401 invalid_token')
    expect(edge.sent).toEqual([])
  }
})
