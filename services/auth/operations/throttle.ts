import { createHash } from 'node:crypto'
import { and, eq, gt, sql } from 'drizzle-orm'
import { Problem } from '../../../shared/errors/problem.ts'
import { after } from '../domain/lifetimes.ts'
import { networkOf } from '../domain/network.ts'
import type { Ctx } from '../ports.ts'
import { loginAttempts } from '../schema.ts'

const WINDOW_MS = 5 * 60_000
const MAX_PER_EMAIL = 5
const MAX_PER_NETWORK = 20

type Attempt = { email?: Uint8Array; network?: Uint8Array }

/**
 * Counts an attempt at a password before it is checked: of guesses made at the same time no more get through than of
 * guesses one after the other. Throws `too_many_requests` with the seconds to wait. Call `forgive` when it was right.
 */
export async function countLogin(ctx: Ctx, email: string): Promise<Attempt> {
  const attempt = { ...await countNetwork(ctx, 'login'), email: keyOf('login/email', email) }
  // The network first: an address that is shut out must not lock others out of their accounts as well.
  await count(ctx, attempt.email, MAX_PER_EMAIL)
  return attempt
}

/** Registrations are all counted: the answer to one tells whether an address is taken. Throws `too_many_requests`. */
export async function countRegistration(ctx: Ctx): Promise<void> {
  await countNetwork(ctx, 'register')
}

/** A right password clears its own account. Of the network only this attempt is taken back: others of it may be guesses. */
export async function forgive(ctx: Ctx, { email, network }: Attempt): Promise<void> {
  if (email) await ctx.db.delete(loginAttempts).where(eq(loginAttempts.key_hash, email))
  if (!network) return
  await ctx.db.update(loginAttempts).set({ attempts: sql`${loginAttempts.attempts} - 1` })
    .where(and(eq(loginAttempts.key_hash, network), gt(loginAttempts.attempts, 0)))
}

async function countNetwork(ctx: Ctx, action: string): Promise<{ network?: Uint8Array }> {
  if (!ctx.origin.ip) return {}
  const network = keyOf(`${action}/network`, networkOf(ctx.origin.ip))
  await count(ctx, network, MAX_PER_NETWORK)
  return { network }
}

async function count(ctx: Ctx, key_hash: Uint8Array, limit: number): Promise<void> {
  const { attempts, window_ends_at } = loginAttempts
  const now = sql.param(ctx.now(), window_ends_at)
  const ends = sql.param(after(ctx.now(), WINDOW_MS), window_ends_at)
  // LAST_INSERT_ID(…) brings the new count back with the same statement; a first row leaves it at 0.
  const [result] = await ctx.db.insert(loginAttempts)
    .values({ key_hash, attempts: 1, window_ends_at: after(ctx.now(), WINDOW_MS) })
    .onDuplicateKeyUpdate({
      set: {
        attempts: sql`last_insert_id(if(${window_ends_at} <= ${now}, 1, ${attempts} + 1))`,
        window_ends_at: sql`if(${window_ends_at} <= ${now}, ${ends}, ${window_ends_at})`,
      },
    }) as unknown as [{ insertId: number }]
  if (result.insertId > limit) throw await refusal(ctx, key_hash)
}

async function refusal(ctx: Ctx, key_hash: Uint8Array): Promise<Problem> {
  const [row] = await ctx.db.select().from(loginAttempts).where(eq(loginAttempts.key_hash, key_hash))
  const leftMs = (row?.window_ends_at.getTime() ?? 0) - ctx.now().getTime()
  const seconds = Math.max(1, Math.ceil(leftMs / 1000))
  return new Problem('too_many_requests', 'Too many attempts: wait a while', {}, {
    'retry-after': String(seconds),
  })
}

const keyOf = (kind: string, value: string): Uint8Array =>
  createHash('sha256').update(`${kind}/${value}`).digest()
