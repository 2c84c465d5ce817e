import { expect, test } from 'vitest'
import { ok, route } from '../http/route.ts'
import { defineService } from '../service/service.ts'
import { createApp } from './app.ts'
import { z } from '@hono/zod-openapi'

/** What the driver throws, as drizzle wraps it. */
const failed = (errno: number, code: string) =>
  Object.assign(new Error('Failed query: insert into secrets'), {
    cause: Object.assign(new Error(code), { errno, code }),
  })

async function answerTo(error: Error) {
  const failing = route({
    operationId: 'fail',
    method: 'get',
    path: '/things',
    summary: 'Fails',
    tags: ['Things'],
    access: 'public',
    responses: { 200: ok(z.object({})) },
  })
  const app = createApp(defineService({
    name: 'things',
    summary: 'Things',
    resources: ['things'],
    tables: {},
    migrations: new URL('file:///nowhere/'),
    endpoints: [(routes) => void routes.openapi(failing, () => Promise.reject(error))],
  }))
  const ctx = {
    origin: { id: 'req_1' },
    actor: { type: 'visitor' },
    log: { error: () => {} },
    inTurn: (work: () => unknown) => work(),
  }
  const response = await app.fetch(new Request('http://region/v1/things'), { ctx })
  const text = await response.text()
  expect(text, 'nothing of the statement is told').not.toMatch(/query|secrets/)
  return `${response.status} ${JSON.parse(text).code} ${response.headers.get('retry-after')}`
}

test.each([
  ['a lock that others held for too long', failed(1205, 'ER_LOCK_WAIT_TIMEOUT'), '503 unavailable 2'],
  ['one deadlock after another', failed(1213, 'ER_LOCK_DEADLOCK'), '503 unavailable 2'],
  ['a server that is away', failed(-111, 'ECONNREFUSED'), '503 unavailable 2'],
  ['a value that no column takes', failed(1406, 'ER_DATA_TOO_LONG'), '422 validation_failed null'],
  ['anything else', failed(1064, 'ER_PARSE_ERROR'), '500 internal_error null'],
])('%s is told as what it is', async (_, error, answer) => {
  expect(await answerTo(error)).toBe(answer)
})
