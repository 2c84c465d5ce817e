import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { Problem } from '../../../shared/errors/problem.ts'
import { Turnstile } from '../../../shared/kernel/turnstile.ts'

/** OWASP's recommendation for argon2id: 19 MiB, 2 passes. 36 ms, in a thread of its own. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** Of a password nobody knows. An unknown address is checked against it, so that it answers no faster. */
const NOBODYS_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$5dxUH6Dx1DBVvH2pQql8Fg$P9Jm93O2TGxs8k0xCElJInZZLQv2pqPna6c7vwE+9+A'

/** Each takes a core and 19 MiB: a wave of guesses must take neither the memory nor the core that answers the others. */
const MAX_RUNNING = Math.min(4, Math.max(1, availableParallelism() - 1))
const MAX_WAIT_MS = 5_000

const limits = {
  waitMs: MAX_WAIT_MS,
  busy: (ms: number) =>
    new Problem('unavailable', 'Too many sign in at this moment', {}, {
      'retry-after': String(Math.max(1, Math.ceil(ms / 1000))),
    }),
}
/** What a lane waits for between (its database) holds up nobody else: only who is in there asks for one of the places. */
const entrance = new Turnstile<string>({ each: MAX_RUNNING + 1, ...limits })
const places = new Turnstile<'all'>({ width: MAX_RUNNING, ...limits })

/** Work that hashes or verifies, in its lane's turn. Throws `unavailable` with the seconds to wait when too many ask. */
export const inTurn = <T>(lane: string, work: () => Promise<T>): Promise<T> => entrance.pass(lane, work)

/** Call it `inTurn`. */
export const hashInTurn = (password: string): Promise<string> =>
  places.pass('all', () => hash(password, ARGON2ID))

/** Takes as long without a hash. Call it `inTurn`. */
export const verifyInTurn = async (stored: string | null | undefined, password: string): Promise<boolean> =>
  await places.pass('all', () => verify(stored ?? NOBODYS_HASH, password)) && typeof stored === 'string'

export const hashPassword = (lane: string, password: string): Promise<string> =>
  inTurn(lane, () => hashInTurn(password))

/** Strangers' guesses must not keep a shop's known people waiting: they have a lane of their own. */
export const laneOf = (tenant: string, isKnown: boolean): string => isKnown ? `${tenant}/known` : tenant
