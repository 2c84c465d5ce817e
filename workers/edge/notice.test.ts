import { expect, test } from 'vitest'
import { signNotice } from '../../shared/auth/notice-token.ts'
import { ask, edgeWith, PLATFORM, SHOP, shopWith, TENANT, type TestEdge } from './testing.ts'

const notice = async (edge: TestEdge, host: string, secret = edge.settings.edgeSecret) =>
  await ask(edge, `${host}/_edge/tenants`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await signNotice(secret, 'abc.localhost')}` },
  })

test('a shop that has changed is looked up anew', async () => {
  const shops = [shopWith()]
  const edge = edgeWith(undefined, { shops })
  expect((await ask(edge, `${SHOP}/v1/products`)).status).toBe(200)
  shops[0] = shopWith({ status: 'maintenance' })
  expect((await ask(edge, `${SHOP}/v1/products`)).status).toBe(200)
  expect((await notice(edge, PLATFORM)).status).toBe(204)
  expect((await ask(edge, `${SHOP}/v1/products`)).status).toBe(503)
})

test('are believed by their signature alone', async () => {
  expect((await notice(edgeWith(), PLATFORM, 'another secret that is long enough')).status).toBe(401)
  expect((await notice(edgeWith(), SHOP, 'another secret that is long enough')).status).toBe(404)
  expect((await notice(edgeWith(), 'http://127.0.0.1:8787')).status).toBe(204)
  const assertion = await edgeWith().assertion(TENANT)
  const response = await ask(edgeWith(), `${PLATFORM}/_edge/tenants`, {
    method: 'POST',
    headers: { authorization: `Bearer ${assertion}` },
  })
  expect(response.status).toBe(401)
})
