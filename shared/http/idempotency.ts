import { createHash } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { AlreadyDone, Claim, type Outcome } from '../db/idempotency.ts'
import { Problem } from '../errors/problem.ts'
import type { KeyedContext } from '../service/context.ts'
import type { AppEnv } from '../service/service.ts'

/** What may be told again. Nothing secret travels in them. */
const REPLAYED_HEADERS = ['content-type', 'location', 'etag']

/**
 * The secret by which a visitor is known, undefined for one without: only what was handed out as a secret tells
 * visitors apart. Two who send the same made-up text are not one.
 */
export type VisitorOf = (c: Context) => string | undefined

type Options = {
  by?: VisitorOf
  /** A body too large to be read twice: told apart by its length and type. */
  streamed: boolean
}

/** Keys of requests that run in this process, until when: a repetition meanwhile needs no look into the database. */
const running = new Map<string, number>()

/**
 * `Idempotency-Key` (IETF draft-ietf-httpapi-idempotency-key-header): the first request runs, its repetitions get its
 * answer, marked `idempotency-replayed`. 409 while it runs, 422 for another request with its key. Without the header
 * the request just runs.
 */
export const idempotent =
  (operation: string, { by, streamed }: Options): MiddlewareHandler<AppEnv> => async (c, next) => {
    const key = c.req.header('idempotency-key')
    if (key === undefined) return await next()
    if (key.length === 0 || key.length > 255) {
      throw new Problem('idempotency_key_invalid', 'Use 1 to 255 characters')
    }
    const ctx = c.var.ctx as KeyedContext
    const { actor } = ctx
    const caller = actor.type === 'user' ? actor.id : actor.type === 'visitor' ? by?.(c) : actor.type
    if (!caller) return await next()

    const { pathname, search } = new URL(c.req.url)
    const body = streamed
      ? `${c.req.header('content-length')} ${c.req.header('content-type')}`
      : new Uint8Array(await c.req.arrayBuffer())
    const claim = new Claim(
      sha256(operation, caller, key),
      sha256(c.req.method, pathname, search, body),
    )
    const id = `${ctx.tenant.id} ${claim.key_hash.toString('base64')}`
    if ((running.get(id) ?? 0) > Date.now()) {
      throw new Problem('request_in_progress', undefined, {}, { 'retry-after': '1' })
    }
    const deadline = ctx.origin.deadline ?? Infinity
    running.set(id, deadline)
    try {
      const known = await ctx.begin(claim)
      if (known) return replay(known)
      await next()
      if (!(c.error instanceof AlreadyDone)) await ctx.settle(await outcomeOf(c.res))
    } finally {
      if (running.get(id) === deadline) running.delete(id)
      await ctx.abandon()
    }
  }

async function outcomeOf(response: Response): Promise<Outcome> {
  const headers = REPLAYED_HEADERS.flatMap((name) => {
    const value = response.headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  return {
    status: response.status,
    headers: Object.fromEntries(headers),
    body: response.status < 500 ? await response.clone().text() : '',
  }
}

/** The first answer, once more. */
export const replay = ({ status, headers, body }: Outcome): Response =>
  new Response(body || null, {
    status,
    headers: { ...headers, 'cache-control': 'no-store', 'idempotency-replayed': 'true' },
  })

function sha256(...parts: (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) {
    hash.update(`${typeof part === 'string' ? Buffer.byteLength(part) : part.length}:`).update(part)
  }
  return hash.digest()
}
