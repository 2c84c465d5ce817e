import { createHash } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import { affectedRows, arg, prepared } from '../db/database.ts'
import { idempotencyKeys as keys } from '../db/tables.ts'
import { Problem } from '../errors/problem.ts'
import { type Id, newId } from '../kernel/id.ts'
import type { RequestContext } from '../service/request-context.ts'
import type { AppEnv } from '../service/service.ts'

/** Longer than any request may take. A later attempt with the key then takes over where it stopped. */
const LOCK_MS = 30_000
/** Outcomes of an operation that ran. Anything else changed nothing: the key is free again. */
const KEPT = (status: number) => (status >= 200 && status < 300) || status === 402 || status === 409
const REPLAYED_HEADERS = ['content-type', 'location', 'etag', 'basket-token']

const claim = prepared((db) =>
  db.insert(keys).ignore().values({
    key_hash: arg(keys.key_hash, 'key_hash'),
    request_hash: arg(keys.request_hash, 'request_hash'),
    operation_id: arg(keys.operation_id, 'operation_id'),
    locked_until: arg(keys.locked_until, 'locked_until'),
    created_at: arg(keys.created_at, 'created_at'),
  })
)
const find = prepared((db) => db.select().from(keys).where(eq(keys.key_hash, arg(keys.key_hash, 'key_hash'))))

/**
 * `Idempotency-Key` (IETF draft-ietf-httpapi-idempotency-key-header): the first request runs, its repetitions
 * get its answer, marked `idempotency-replayed`. 409 while it runs, 422 for another request with its key.
 * Without the header the request just runs.
 */
export const idempotent = (operation: string): MiddlewareHandler<AppEnv> => async (c, next) => {
  const key = c.req.header('idempotency-key')
  if (key === undefined) return await next()
  if (key.length === 0 || key.length > 255) {
    throw new Problem('idempotency_key_invalid', 'Use 1 to 255 characters')
  }
  const ctx = c.var.ctx as RequestContext
  const request_hash = sha256(c.req.method, c.req.path, new Uint8Array(await c.req.arrayBuffer()))
  const key_hash = sha256(operation, callerOf(c, request_hash), key)
  const replay = await takeOrReplay(ctx, key_hash, request_hash)
  if (replay) return replay
  await next()
  await settle(ctx, key_hash, c.res)
}

async function takeOrReplay(
  ctx: RequestContext,
  key_hash: Buffer,
  request_hash: Buffer,
): Promise<Response | undefined> {
  const now = ctx.now()
  const locked_until = new Date(now.getTime() + LOCK_MS)
  const operation_id = newId('op')
  const values = { key_hash, request_hash, operation_id, locked_until, created_at: now }
  if (affectedRows(await claim(ctx.db, values)) === 1) return void (ctx.operationId = operation_id)
  const [row] = await find(ctx.db, { key_hash })
  if (!row) throw new Problem('request_in_progress', undefined, {}, { 'retry-after': '1' })
  if (!request_hash.equals(row.request_hash)) throw new Problem('idempotency_key_reused')
  if (row.status !== null) return storedAnswer(row.status, row.headers ?? {}, row.body)
  if (row.locked_until > now || !await takeOver(ctx, key_hash, row.locked_until, locked_until)) {
    throw new Problem('request_in_progress', undefined, {}, { 'retry-after': '1' })
  }
  ctx.operationId = row.operation_id as Id<'op'>
}

async function takeOver(
  ctx: RequestContext,
  key_hash: Buffer,
  seen: Date,
  locked_until: Date,
): Promise<boolean> {
  const result = await ctx.db.update(keys).set({ locked_until })
    .where(and(eq(keys.key_hash, key_hash), eq(keys.locked_until, seen)))
  return affectedRows(result) === 1
}

async function settle(ctx: RequestContext, key_hash: Buffer, response: Response): Promise<void> {
  const same = eq(keys.key_hash, key_hash)
  if (KEPT(response.status)) {
    const headers = Object.fromEntries(
      REPLAYED_HEADERS.flatMap((name) =>
        response.headers.has(name) ? [[name, response.headers.get(name)!]] : []
      ),
    )
    const body = await response.clone().text()
    await ctx.db.update(keys).set({ status: response.status, headers, body }).where(same)
  } else if (response.status >= 500) {
    await ctx.db.update(keys).set({ locked_until: ctx.now() }).where(same)
  } else {
    await ctx.db.delete(keys).where(same)
  }
}

const storedAnswer = (status: number, headers: Record<string, string>, body: string | null) =>
  new Response(body || null, {
    status,
    headers: { ...headers, 'cache-control': 'no-store', 'idempotency-replayed': 'true' },
  })

/** Keys belong to their caller. A visitor is known by the basket held, else only by the request itself. */
function callerOf(c: HonoContext<AppEnv>, request_hash: Buffer): string {
  const { actor } = c.var.ctx
  if (actor.type === 'user') return actor.id
  if (actor.type !== 'visitor') return actor.type
  return c.req.header('basket-token') ?? request_hash.toString('hex')
}

function sha256(...parts: (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest()
}
