import { createHash, type Hash } from 'node:crypto'
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
  /** A header that hands out a secret: an answer with it is not kept, as it could not be told again. */
  secret?: string
  /**
   * The operation reads the body, which is hashed on its way. A refusal is not kept: the body may not have been read to
   * its end, and what was wrong may have been its way here.
   */
  streamed: boolean
}

/** Longer than any operation reads a body. */
const STREAMED_MS = 10 * 60_000
/** Of a repetition's body, to be compared with the first. More than any operation takes. */
const MAX_REREAD = 64 * 1024 * 1024

/** Keys of requests that run in this process, until when: a repetition meanwhile needs no look into the database. */
const running = new Map<string, number>()

/**
 * `Idempotency-Key` (IETF draft-ietf-httpapi-idempotency-key-header): the first request runs, its repetitions get its
 * answer, marked `idempotency-replayed`. 409 while it runs, 422 for another request with its key. Without the header
 * the request just runs.
 */
export const idempotent =
  (operation: string, { by, secret, streamed }: Options): MiddlewareHandler<AppEnv> => async (c, next) => {
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
    const head = [c.req.method, pathname, search]
    const key_hash = sha256(operation, caller, key)
    const claim = streamed
      ? new Claim(key_hash, sha256(...head), hashedOnItsWay(c, head))
      : new Claim(key_hash, sha256(...head, new Uint8Array(await c.req.arrayBuffer())))
    const id = `${ctx.tenant.id} ${claim.key_hash.toString('base64')}`
    if ((running.get(id) ?? 0) > Date.now()) {
      throw new Problem('request_in_progress', undefined, {}, { 'retry-after': '1' })
    }
    // Whoever sends a file takes the time it takes; the operation limits that.
    const deadline = streamed ? Date.now() + STREAMED_MS : ctx.origin.deadline ?? Infinity
    running.set(id, deadline)
    try {
      const known = await ctx.begin(claim, deadline)
      if (known) return replay(known)
      await next()
      if (c.error instanceof AlreadyDone) return
      const isUntold = c.res.status < 500 &&
        (secret !== undefined && c.res.headers.has(secret) || streamed && c.res.status >= 400)
      await ctx.settle(isUntold ? 'untold' : await outcomeOf(c.res))
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

/** Returns what tells the hash of the whole request, once it was read; what the operation has not begun to read is read. */
function hashedOnItsWay(c: Context, head: string[]): () => Promise<Buffer> {
  const hash = hashOf(head)
  let bytes = 0
  const tap = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, to) {
      bytes += chunk.length
      hash.update(chunk)
      to.enqueue(chunk)
    },
  })
  const body = c.req.raw.body?.pipeThrough(tap)
  if (body) c.req.raw = new Request(c.req.raw, { body, duplex: 'half' } as RequestInit)
  const read = async () => {
    const { body } = c.req.raw
    if (!body?.locked) {
      for await (const _ of body ?? []) if (bytes > MAX_REREAD) throw new Problem('payload_too_large')
    }
    return hash.digest()
  }
  let digest: Promise<Buffer> | undefined
  return () => digest ??= read()
}

const sha256 = (...parts: (string | Uint8Array)[]): Buffer => hashOf(parts).digest()

function hashOf(parts: (string | Uint8Array)[]): Hash {
  const hash = createHash('sha256')
  for (const part of parts) {
    hash.update(`${typeof part === 'string' ? Buffer.byteLength(part) : part.length}:`).update(part)
  }
  return hash
}
