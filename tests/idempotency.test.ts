import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { newId } from '../shared/kernel/id.ts'
import { hostAlone } from './support/host-alone.ts'
import { hooks, notesService } from './support/notes.ts'
import { until } from './support/until.ts'

/** What an operation did and that its key was used commit together: whatever is cut off, nothing happens twice. */
let shop: Awaited<ReturnType<typeof hostAlone>>
beforeAll(async () => {
  shop = await hostAlone(notesService, inject('platform'))
})
afterAll(() => shop?.stop())
afterEach(() => {
  hooks.between = hooks.beforeAnswer = hooks.afterCommit = undefined
})

const key = () => ({ 'idempotency-key': newId('key'), 'x-visitor': 'alice' })
const name = () => newId('n').slice(-20)
const post = (path: string, body: unknown, headers: Record<string, string>, host = shop.host) =>
  shop.send('POST', path, body, headers, host)
const named = (text: string) => shop.rows('select * from notes where name = ?', [text])
const never = () => new Promise<never>(() => {})

test('a repetition gets the first answer, marked, and does nothing', async () => {
  const [headers, body] = [key(), { name: name() }]
  const first = await post('/v1/notes', body, headers)
  expect(first.status).toBe(201)
  const second = await post('/v1/notes', body, headers)
  expect(second).toMatchObject({ status: 201, text: first.text, headers: { 'idempotency-replayed': 'true' } })
  expect(await named(body.name)).toHaveLength(1)
})

test('ten at once make one', async () => {
  const [headers, body] = [key(), { name: name() }]
  const other = shop.newHost()
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => post('/v1/notes', body, headers, i % 2 ? other : shop.host)),
  )
  expect(await named(body.name)).toHaveLength(1)
  const made = answers.filter((each) => each.status === 201)
  expect(new Set(made.map((each) => each.text)).size).toBe(1)
  expect(
    answers.filter((each) => each.status !== 201).every((each) => each.body.code === 'request_in_progress'),
  )
    .toBe(true)
})

test('what dies before its answer was there has not happened, and can be repeated', async () => {
  const [headers, body] = [key(), { name: name() }]
  let reached = false
  hooks.beforeAnswer = () => (reached = true, never())
  void post('/v1/notes', body, { ...headers, 'x-deadline-ms': '500' }).catch(() => {})
  await until('its work is done', () => Promise.resolve(reached))
  expect(await named(body.name)).toEqual([])
  hooks.beforeAnswer = undefined
  await until('its time is up and its transaction undone', async () => {
    return (await post('/v1/notes', body, headers)).status === 201
  })
  hooks.beforeAnswer = () => Promise.reject(new Error('the process died'))
  const other = { ...headers, 'idempotency-key': newId('key') }
  expect((await post('/v1/notes', { name: name() }, other)).status).toBe(500)
  expect(await shop.rows('select * from idempotency_keys where status >= 500')).toEqual([])
})

test('an answer that was lost on its way is told again: nothing is made twice, and no name is taken by oneself', async () => {
  const [headers, body] = [key(), { name: name() }]
  await post('/v1/notes', body, headers) // committed; the caller never hears of it
  const repeated = await post('/v1/notes', body, headers, shop.newHost())
  expect(repeated).toMatchObject({ status: 201, body: { name: body.name } })
})

test('work in several transactions is taken up where it stopped, under the same operation', async () => {
  const [headers, body] = [key(), { name: name() }]
  let reached = false
  hooks.between = () => (reached = true, never())
  void post('/v1/slow-notes', body, { ...headers, 'x-deadline-ms': '500' }).catch(() => {})
  await until('the first transaction has committed', () => Promise.resolve(reached))
  hooks.between = undefined
  expect(await named('draft')).toHaveLength(1)
  const refused = await post('/v1/slow-notes', body, headers, shop.newHost())
  expect(refused).toMatchObject({ status: 409, body: { code: 'request_in_progress' } })
  await until('the dead request’s lease has run out', async () => {
    const answer = await post('/v1/slow-notes', body, headers)
    return answer.status === 201
  })
  expect(await named('draft')).toEqual([])
  expect(await named(body.name)).toHaveLength(1)
})

test('what follows a commit may ask others, is done before the answer, and spoils none', async () => {
  const [headers, body] = [key(), { name: name() }]
  const seen: string[] = []
  hooks.afterCommit = async (ctx, name) => {
    await ctx.outside(async () => {
      const rows = await named(name)
      seen.push(...rows.map((row) => row.name))
    })
    throw new Error('whatever')
  }
  expect((await post('/v1/slow-notes', body, headers)).status).toBe(201)
  expect(seen).toEqual(['draft', body.name])
  expect((await post('/v1/slow-notes', body, headers)).headers['idempotency-replayed']).toBe('true')
  expect(seen).toHaveLength(2)
})

test('whoever lost the key to another attempt commits nothing any more', async () => {
  const [headers, body] = [key(), { name: name() }]
  hooks.between = async () => {
    await shop.rows('update idempotency_keys set attempt = ? where status is null', [Buffer.alloc(16)])
  }
  expect(await post('/v1/slow-notes', body, headers)).toMatchObject({
    status: 409,
    body: { code: 'request_in_progress' },
  })
  expect(await named(body.name)).toEqual([])
})

test('a refusal leaves the key free; another request with a key is refused', async () => {
  const [headers, taken] = [key(), { name: name() }]
  await post('/v1/notes', taken, key())
  expect((await post('/v1/notes', taken, headers)).status).toBe(409)
  await shop.rows('delete from notes where name = ?', [taken.name])
  expect((await post('/v1/notes', taken, headers)).status).toBe(201)
  expect(await post('/v1/notes', { name: name() }, headers)).toMatchObject({
    status: 422,
    body: { code: 'idempotency_key_reused' },
  })
  expect(await post('/v1/notes?x=1', taken, headers)).toMatchObject({ status: 422 })
})

describe('a file that its operation reads', () => {
  const send = (file: string, headers: Record<string, string>) =>
    post('/v1/uploaded-notes', file, { 'content-type': 'text/plain', ...headers })

  test('is the same when all of it is: another of its length is refused', async () => {
    const [headers, one, other] = [key(), name(), name()]
    const first = await send(one, headers)
    expect(first.status).toBe(201)
    const same = await send(one, headers)
    expect(same).toMatchObject({ status: 201, text: first.text, headers: { 'idempotency-replayed': 'true' } })
    expect(other).toHaveLength(one.length)
    expect(await send(other, headers)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
    expect(await named(other)).toEqual([])
  })

  test('and was refused leaves the key free, whatever had been written by then', async () => {
    const [headers, file] = [key(), name()]
    expect((await send('', headers)).body.code).toBe('validation_failed')
    expect((await send(file, headers)).status).toBe(201)
  })

  test('may take longer to arrive than a request', async () => {
    hooks.between = () => new Promise((resolve) => setTimeout(resolve, 200))
    const file = name()
    expect((await send(file, { ...key(), 'x-deadline-ms': '50' })).status).toBe(201)
    expect(await named(file)).toHaveLength(1)
  })
})

test('a key is its caller’s: neither another visitor’s nor anybody’s without a token', async () => {
  const [headers, body] = [key(), { name: name() }]
  await post('/v1/notes', body, headers)
  expect((await post('/v1/notes', body, { ...headers, 'x-visitor': 'bob' })).status).toBe(409)
  const { 'x-visitor': _, ...anonymous } = headers
  const answer = await post('/v1/notes', body, anonymous)
  expect(answer).toMatchObject({ status: 409, body: { code: 'already_exists' } })
  expect(answer.headers['idempotency-replayed']).toBeUndefined()
})
