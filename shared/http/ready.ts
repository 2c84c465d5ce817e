import { createHash } from 'node:crypto'
import type { Context, TypedResponse } from 'hono'
import type { Page } from './pagination.ts'

/** Answers of text that is JSON already: nothing is parsed, shaped and written again. */

// deno-lint-ignore no-explicit-any
type Ready = TypedResponse<any, 200, 'json'>

/** The hash of a text for its ETag: 22 characters. */
export const textTag = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22)

/** `tag`: the text's `textTag`, stored with it. */
export function ready(c: Context, text: string, tag = textTag(text)): Ready {
  const headers = { 'content-type': 'application/json', etag: `W/"${tag}"` }
  return c.body(text, 200, headers) as unknown as Ready
}

/** A page whose items are JSON already. */
export function readyPage(c: Context, { data, has_more, next_cursor }: Page<string>): Ready {
  return ready(
    c,
    `{"data":[${data.join(',')}],"has_more":${has_more},"next_cursor":${JSON.stringify(next_cursor)}}`,
  )
}
