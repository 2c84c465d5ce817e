import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type FieldError, Problem } from '../errors/problem.ts'

/** What a route takes of a body at most. */
export type BodyLimits = {
  bytes?: number
  /** Values of a JSON document, those within others included. */
  values?: number
}

const MAX_DEPTH = 16

/** Enough for every form; what takes more says so in its route. */
const DEFAULT: Required<BodyLimits> = { bytes: 64 * 1024, values: 2_000 }

/** The limits, as a contract tells them. */
export const limitsText = ({ bytes = DEFAULT.bytes, values = DEFAULT.values }: BodyLimits = {}): string =>
  `At most ${bytes / 1024} KiB, ${values} values and ${MAX_DEPTH} levels`

/**
 * Refuses a body before it is worked on: too long, encoded in a way that isn't decoded here, with too many values or
 * too deep, or with text that isn't text (lone surrogates). Throws `payload_too_large`, `unsupported_media_type`,
 * `validation_failed`.
 */
export function limitBody(
  { bytes = DEFAULT.bytes, values = DEFAULT.values }: BodyLimits = {},
): MiddlewareHandler {
  const refuse = () => {
    throw new Problem('payload_too_large', `At most ${bytes} bytes`)
  }
  const limit = bodyLimit({ maxSize: bytes, onError: refuse })
  return async (c, next) => {
    const encoding = c.req.header('content-encoding')
    if (encoding !== undefined && encoding !== 'identity') {
      throw new Problem('unsupported_media_type', 'Send the body without Content-Encoding', {}, {
        'accept-encoding': 'identity',
      })
    }
    await limit(c, async () => {
      if (isJson(c)) checkJson(await c.req.text(), values)
      await next()
    })
  }
}

const isJson = (c: Context) => /^application\/([\w.-]+\+)?json\b/i.test(c.req.header('content-type') ?? '')

/** One pass over the text, before anything is made of it. */
function checkJson(text: string, maxValues: number): void {
  let values = 1
  let depth = 0
  let isText = false
  let hasSurrogates = false
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (isText) {
      if (unit === 0x5c) {
        const next = text.charCodeAt(++i)
        if (next === 0x75 && (text.charCodeAt(i + 1) | 0x20) === 0x64) hasSurrogates = true // backslash, u, d or D
      } else if (unit === 0x22) isText = false
    } else if (unit === 0x22) isText = true
    else if (unit === 0x2c) values++
    else if (unit === 0x7b || unit === 0x5b) {
      values++
      if (++depth > MAX_DEPTH) throw new Problem('payload_too_large', `At most ${MAX_DEPTH} levels`)
    } else if (unit === 0x7d || unit === 0x5d) depth--
  }
  if (values > maxValues) throw new Problem('payload_too_large', `At most ${maxValues} values`)
  if (hasSurrogates) refuseSurrogates(text)
}

/** Half a character, as `"\ud800"` writes it, can be neither stored nor sent on. */
function refuseSurrogates(text: string): void {
  const errors: FieldError[] = []
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return // Refused as `invalid_json` by the validator.
  }
  visit(body, '', (value, pointer) => {
    if (!isWellFormed(value)) errors.push({ pointer, message: 'is not well-formed Unicode text' })
  })
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors })
}

function visit(value: unknown, pointer: string, look: (text: string, pointer: string) => void): void {
  if (typeof value === 'string') return look(value, pointer)
  if (value === null || typeof value !== 'object') return
  for (const [key, each] of Object.entries(value)) {
    if (isWellFormed(key)) visit(each, `${pointer}/${key}`, look)
    else look(key, pointer)
  }
}

const isWellFormed = (text: string) => !/\p{Surrogate}/u.test(text)
