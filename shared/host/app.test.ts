import { z } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import { beforeEach, expect, test } from 'vitest'
import { Problem } from '../errors/problem.ts'
import { json, ok, route } from '../http/route.ts'
import { defineService } from '../service/service.ts'
import { createApp } from './app.ts'

const SECRET = 'select password from users'
let thrown: unknown
let logged: unknown[]
beforeEach(() => {
  logged = []
})

const make = route({
  operationId: 'make',
  method: 'post',
  path: '/things',
  summary: '',
  tags: [],
  access: 'public',
  request: { body: json(z.strictObject({ name: z.string(), each: z.array(z.int()).optional() })) },
  responses: { 200: ok(z.object({})) },
})
const app = createApp(defineService({
  name: 'things',
  summary: '',
  resources: ['things'],
  tables: {},
  migrations: new URL('file:///nowhere/'),
  endpoints: [(routes) =>
    void routes.openapi(make, () => {
      throw thrown
    })],
}))

async function ask(body: unknown) {
  const log = { error: (_: string, { error }: { error: unknown }) => logged.push(error) }
  const inTurn = (work: () => Promise<unknown>) => work()
  const ctx = { actor: { type: 'visitor' }, origin: { id: 'req_1' }, log, inTurn }
  const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await app.fetch(new Request('http://shop.test/v1/things', init), { ctx } as never)
  return { status: response.status, text: await response.text() }
}

test.each([
  ['an error', new Error(`Failed query: ${SECRET}`), 500, 'internal_error'],
  ['a RangeError', new RangeError(SECRET), 500, 'internal_error'],
  [
    'a refusal of the database',
    Object.assign(new Error(SECRET), { cause: { errno: 1406 } }),
    422,
    'validation_failed',
  ],
  ['a database that is away', Object.assign(new Error(SECRET), { code: 'ECONNREFUSED' }), 503, 'unavailable'],
  [
    'a lock that was held too long',
    Object.assign(new Error(SECRET), { cause: { errno: 1205 } }),
    503,
    'unavailable',
  ],
  [
    'one deadlock after another',
    Object.assign(new Error(SECRET), { cause: { errno: 1213 } }),
    503,
    'unavailable',
  ],
  ['a refusal of the framework', new HTTPException(400, { message: SECRET }), 400, 'invalid_json'],
  ['another one', new HTTPException(418, { message: SECRET }), 500, 'internal_error'],
])(
  'no word of %s reaches the caller, and the log has it unless it is the caller’s',
  async (_, error, status, code) => {
    thrown = error
    const answer = await ask({ name: 'x' })
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([status, code])
    expect(answer.text).not.toContain('select')
    expect(logged).toEqual(code === 'invalid_json' ? [] : [error])
  },
)

test('what was thrown to be read is', async () => {
  thrown = new Problem('conflict', 'Somebody was faster')
  expect(JSON.parse((await ask({ name: 'x' })).text)).toMatchObject({ detail: 'Somebody was faster' })
})

test.each([
  [
    'unknown fields',
    Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`${i}${'k'.repeat(40)}`, 1])),
  ],
  ['wrong values', { name: 'x', each: Array.from({ length: 1_900 }, () => 'no number') }],
  ['a field with an endless name', { name: 'x', ['k'.repeat(60_000)]: 1 }],
])('a refusal of %s stays small', async (_, body) => {
  const { status, text } = await ask(body)
  expect([status, JSON.parse(text).errors.length > 0]).toEqual([422, true])
  expect(text.length).toBeLessThan(8_000)
})
