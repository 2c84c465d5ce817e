import { z } from '@hono/zod-openapi'
import { expect, test } from 'vitest'
import { Problem, problemResponse } from '../errors/problem.ts'
import { platformTenant } from './directory.ts'
import { DEADLINE_HEADER, definePort, portClient } from './port.ts'

const port = definePort('shelf', 'shelf', {
  take: { input: z.object({}), output: z.object({}), timeoutMs: 200 },
})

function clientOf(answer: (init: RequestInit) => Promise<Response>, deadline?: number) {
  const caller = {
    fetch: (_service: string, _path: string, init: RequestInit) => answer(init),
    token: () => Promise.resolve('token'),
  }
  return portClient(port, caller, { tenant: platformTenant('eu', 's0'), requestId: 'req', deadline })
}
const code = (promise: Promise<unknown>) => promise.then(() => 'done', (error: Problem) => error.code)
const never = () => new Promise<Response>(() => {})

test('a refusal is passed on as it is, a failure is ours to report', async () => {
  const refusing = clientOf(() =>
    Promise.resolve(problemResponse(new Problem('conflict', 'taken', { by: 'x' })))
  )
  await expect(refusing.take({})).rejects.toMatchObject({
    code: 'conflict',
    extra: { detail: 'taken', by: 'x' },
  })
  expect(await code(clientOf(() => Promise.resolve(problemResponse(new Problem('internal_error')))).take({})))
    .toBe('upstream_failed')
  expect(await code(clientOf(() => Promise.resolve(new Response('<html>'))).take({}))).toBe('upstream_failed')
  expect(
    await code(clientOf(() => Promise.resolve(Response.json({ code: 'made_up' }, { status: 400 }))).take({})),
  )
    .toBe('upstream_failed')
})

test('nobody waits longer than the port allows, nor for a body that never ends', async () => {
  expect(await code(clientOf(never).take({}))).toBe('upstream_timeout')
  const dripping = () =>
    Promise.resolve(new Response(new ReadableStream({ start: (c) => c.enqueue(new Uint8Array(1)) })))
  expect(await code(clientOf(dripping).take({}))).toBe('upstream_timeout')
})

test('the time that is left travels along, and is less at each step', async () => {
  const given: number[] = []
  const answer = (init: RequestInit) => {
    given.push(Number((init.headers as Record<string, string>)[DEADLINE_HEADER]))
    return Promise.resolve(Response.json({}))
  }
  await clientOf(answer).take({})
  await clientOf(answer, Date.now() + 150).take({})
  expect(given[0]).toBe(200)
  expect(given[1]).toBeLessThanOrEqual(100)
  expect(given[1]).toBeGreaterThan(0)
})

test('whoever has no time left asks nobody', async () => {
  let asked = 0
  const client = clientOf(() => (asked++, never()), Date.now() + 10)
  expect(await code(client.take({}))).toBe('upstream_timeout')
  expect(asked).toBe(0)
})

test('an answer without end is not read to it', async () => {
  let sent = 0
  const endless = () =>
    Promise.resolve(
      new Response(
        new ReadableStream({ pull: (c) => (sent += 1 << 20, c.enqueue(new Uint8Array(1 << 20))) }),
      ),
    )
  expect(await code(clientOf(endless).take({}))).toBe('upstream_failed')
  expect(sent).toBeLessThan(16 << 20)
})
