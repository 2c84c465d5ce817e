import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { Problem, problemResponse } from '../errors/problem.ts'
import { limitBody } from './body.ts'

const app = new Hono()
app.post('/', limitBody({ bytes: 2_000, values: 50 }), async (c) => c.json(await c.req.json()))
app.onError((error) => problemResponse(error instanceof Problem ? error : new Problem('internal_error')))

const send = (body: string | ReadableStream, headers: Record<string, string> = {}) =>
  app.request('/', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
    ...(typeof body !== 'string' && { duplex: 'half' }),
  } as RequestInit)
const refusal = async (body: string | ReadableStream, headers?: Record<string, string>) => {
  const response = await send(body, headers)
  return [response.status, (await response.json()).code]
}

test('a body within the limits passes as it is', async () => {
  const body = { a: [1, 'text with , and { and \\" in it', null], 'b"': { c: '\u00e9😀' } }
  expect(await (await send(JSON.stringify(body))).json()).toEqual(body)
})

describe('refused before anything is made of it', () => {
  const many = (n: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, 1])))

  test.each([
    ['too long', JSON.stringify({ a: 'x'.repeat(2_000) })],
    ['with too many keys', many(60)],
    ['with too many elements', JSON.stringify(Array.from({ length: 60 }, () => 1))],
    ['too deep', '['.repeat(17) + ']'.repeat(17)],
    ['too deep and never closed', '{"a":'.repeat(100)],
  ])('%s', async (_name, body) => {
    expect(await refusal(body)).toEqual([413, 'payload_too_large'])
  })

  test('too long, and nobody said how long', async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('"' + 'x'.repeat(1_000))),
    })
    expect(await refusal(body)).toEqual([413, 'payload_too_large'])
  })

  test('encoded in a way that is not decoded here', async () => {
    expect(await refusal('{}', { 'content-encoding': 'gzip' })).toEqual([415, 'unsupported_media_type'])
    expect((await send('{}', { 'content-encoding': 'identity' })).status).toBe(200)
  })

  test.each([
    String.raw`{"a":"\ud800"}`,
    String.raw`{"a":["\uDC00x"]}`,
    String.raw`{"\ud800":1}`,
    String.raw`{"a":"\ud83d\u0041"}`,
  ])('half a character: %s', async (body) => {
    expect(await refusal(body)).toEqual([422, 'validation_failed'])
  })

  test('a whole character in two escapes is text', async () => {
    expect(await (await send(String.raw`{"a":"\ud83d\ude00"}`)).json()).toEqual({ a: '😀' })
  })
})
