import { createHmac } from 'node:crypto'
import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import { Problem } from '../../../shared/errors/problem.ts'
import { after } from '../domain/lifetimes.ts'
import type { Limit } from '../domain/throttle.ts'
import type { Ctx } from '../needs.ts'
import { throttles } from '../schema.ts'

/** For those who go on although they were refused: one read, no write. Throws `too_many_requests`. */
export async function refuseClosed(ctx: Ctx, limits: Limit[]): Promise<void> {
  const maxOf = new Map(limits.map((limit) => [hex(keyOf(ctx, limit)), limit.max]))
  const rows = await ctx.db.select().from(throttles).where(and(
    inArray(throttles.key_hash, limits.map((limit) => keyOf(ctx, limit))),
    gt(throttles.window_ends_at, ctx.now()),
  ))
  const closed = rows.find((row) => row.attempts > maxOf.get(hex(row.key_hash))!)
  if (closed) throw refusal(ctx, closed.window_ends_at)
}

/** Counts first and asks afterwards, in one statement. Throws `too_many_requests`. */
export async function countAttempt(ctx: Ctx, limit: Limit): Promise<void> {
  const { attempts, window_ends_at } = throttles
  const key_hash = keyOf(ctx, limit)
  const now = sql.param(ctx.now(), window_ends_at)
  const end = after(ctx.now(), limit.windowMs)
  // LAST_INSERT_ID(…) brings the new count back with the same statement; the first row of a key leaves it at 0.
  const [result] = await ctx.db.insert(throttles).values({ key_hash, attempts: 1, window_ends_at: end })
    .onDuplicateKeyUpdate({
      set: {
        attempts: sql`last_insert_id(if(${window_ends_at} <= ${now}, 1, ${attempts} + 1))`,
        window_ends_at: sql`if(${window_ends_at} <= ${now}, ${
          sql.param(end, window_ends_at)
        }, ${window_ends_at})`,
      },
    }) as unknown as [{ insertId: number }]
  if (result.insertId <= limit.max) return
  const [row] = await ctx.db.select().from(throttles).where(eq(throttles.key_hash, key_hash))
  throw refusal(ctx, row?.window_ends_at ?? end)
}

/** After a right password. */
export async function forgive(ctx: Ctx, limits: Limit[]): Promise<void> {
  const own = limits.filter((limit) => limit.isOwn).map((limit) => keyOf(ctx, limit))
  if (own.length > 0) await ctx.db.delete(throttles).where(inArray(throttles.key_hash, own))
  await takeBack(ctx, limits.filter((limit) => !limit.isOwn))
}

/** Only these attempts: others that were counted with them may be guesses. */
export async function takeBack(ctx: Ctx, limits: Limit[]): Promise<void> {
  if (limits.length === 0) return
  await ctx.db.update(throttles).set({ attempts: sql`${throttles.attempts} - 1` }).where(and(
    inArray(throttles.key_hash, limits.map((limit) => keyOf(ctx, limit))),
    gt(throttles.attempts, 0),
  ))
}

function refusal(ctx: Ctx, until: Date): Problem {
  const seconds = Math.max(1, Math.ceil((until.getTime() - ctx.now().getTime()) / 1000))
  return new Problem('too_many_requests', 'Too many attempts: wait a while', {}, {
    'retry-after': String(seconds),
  })
}

/** Keyed, so that the table doesn't tell who has tried. */
const keyOf = (ctx: Ctx, { key }: Limit): Uint8Array =>
  createHmac('sha256', ctx.secret('throttles/v1')).update(key).digest()
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
