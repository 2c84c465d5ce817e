import { createHash } from 'node:crypto'
import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import { Problem } from '../../../shared/errors/problem.ts'
import { after } from '../domain/lifetimes.ts'
import { networkOf } from '../../../shared/kernel/network.ts'
import type { Ctx } from '../needs.ts'
import { loginAttempts } from '../schema.ts'

const WINDOW_MS = 5 * 60_000
const MAX_PER_EMAIL = 5
const MAX_PER_NETWORK = 20

/** What is counted, up to how many in a window, and whether others' attempts are counted with it. */
export type Limit = { key_hash: Uint8Array; max: number; isShared: boolean }

/** The network comes first: one that is shut out must not close others' accounts as well. */
export const loginLimits = (ctx: Ctx, email: string): Limit[] => [
  ...networkLimit(ctx, 'login'),
  { key_hash: keyOf('login/email', email), max: MAX_PER_EMAIL, isShared: false },
]

/** Registrations are all counted: the answer to one tells whether an address is taken. */
export const registrationLimits = (ctx: Ctx): Limit[] => networkLimit(ctx, 'register')

const networkLimit = ({ origin }: Ctx, action: string): Limit[] =>
  origin.ip === undefined
    ? []
    : [{ key_hash: keyOf(`${action}/network`, networkOf(origin.ip)), max: MAX_PER_NETWORK, isShared: true }]

/** For those who go on although they were refused: costs no write. Throws `too_many_requests`. */
export async function refuseClosed(ctx: Ctx, limits: Limit[]): Promise<void> {
  const rows = await ctx.db.select().from(loginAttempts)
    .where(
      and(
        inArray(loginAttempts.key_hash, limits.map((limit) => limit.key_hash)),
        gt(loginAttempts.window_ends_at, ctx.now()),
      ),
    )
  for (const row of rows) {
    const limit = limits.find((each) => Buffer.compare(each.key_hash, row.key_hash) === 0)
    if (limit && row.attempts > limit.max) throw refusal(ctx, row.window_ends_at)
  }
}

/** Counts first and asks afterwards, in one statement. Throws `too_many_requests`. */
export async function countAttempt(ctx: Ctx, { key_hash, max }: Limit): Promise<void> {
  const { attempts, window_ends_at } = loginAttempts
  const now = sql.param(ctx.now(), window_ends_at)
  const end = after(ctx.now(), WINDOW_MS)
  // LAST_INSERT_ID(…) brings the new count back with the same statement; the first row of a key leaves it at 0.
  const [result] = await ctx.db.insert(loginAttempts).values({ key_hash, attempts: 1, window_ends_at: end })
    .onDuplicateKeyUpdate({
      set: {
        attempts: sql`last_insert_id(if(${window_ends_at} <= ${now}, 1, ${attempts} + 1))`,
        window_ends_at: sql`if(${window_ends_at} <= ${now}, ${
          sql.param(end, window_ends_at)
        }, ${window_ends_at})`,
      },
    }) as unknown as [{ insertId: number }]
  if (result.insertId <= max) return
  const [row] = await ctx.db.select().from(loginAttempts).where(eq(loginAttempts.key_hash, key_hash))
  throw refusal(ctx, row?.window_ends_at ?? end)
}

/** A right password clears its account. Of a network only this attempt is taken back: others of it may be guesses. */
export async function forgive(ctx: Ctx, limits: Limit[]): Promise<void> {
  for (const { key_hash, isShared } of limits) {
    const same = eq(loginAttempts.key_hash, key_hash)
    if (!isShared) await ctx.db.delete(loginAttempts).where(same)
    else {
      await ctx.db.update(loginAttempts).set({ attempts: sql`${loginAttempts.attempts} - 1` })
        .where(and(same, gt(loginAttempts.attempts, 0)))
    }
  }
}

function refusal(ctx: Ctx, until: Date): Problem {
  const seconds = Math.max(1, Math.ceil((until.getTime() - ctx.now().getTime()) / 1000))
  return new Problem('too_many_requests', 'Too many attempts: wait a while', {}, {
    'retry-after': String(seconds),
  })
}

const keyOf = (kind: string, value: string): Uint8Array =>
  createHash('sha256').update(`${kind}/${value}`).digest()
