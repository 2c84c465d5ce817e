import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { Problem } from '../errors/problem.ts'
import { expectedVersions } from './versions.ts'

const versionsOf = async (header?: string) => {
  const app = new Hono()
  app.get('/', (c) => c.json({ versions: expectedVersions(c) }))
  app.onError((error, c) => c.json({ code: (error as Problem).code }))
  return await (await app.request('/', header === undefined ? {} : { headers: { 'if-match': header } }))
    .json()
}

test.each([
  ['"v3"', [3]],
  ['W/"v3"', [3]],
  ['"v3", W/"v7"', [3, 7]],
  ['"v3","v4"', [3, 4]],
  ['"v3-gzip"', [3]],
  ['W/"v3--gzip", "v4;br"', [3, 4]],
  ['"v3-gzipped"', []],
  ['*', 'any'],
  ['"other"', []],
  ['v3', []],
  ['"v3', []],
  [`"v${'9'.repeat(400)}"`, []],
  ['"other", "v2"', [2]],
])('If-Match: %s', async (header, versions) => {
  expect(await versionsOf(header)).toEqual({ versions })
})

test('an update without If-Match is refused', async () => {
  expect(await versionsOf()).toEqual({ code: 'precondition_required' })
})
