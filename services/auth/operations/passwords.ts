import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { Problem } from '../../../shared/errors/problem.ts'

/** OWASP's recommendation for argon2id: 19 MiB, 2 passes. 36 ms, in a thread of its own. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** Of a password nobody knows. An unknown address is checked against it, so that it answers no faster. */
const NOBODYS_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$5dxUH6Dx1DBVvH2pQql8Fg$P9Jm93O2TGxs8k0xCElJInZZLQv2pqPna6c7vwE+9+A'

/** Each takes a core and 19 MiB: a wave of guesses must take neither the memory nor all cores. */
const MAX_RUNNING = Math.min(4, Math.max(2, availableParallelism()))
/** About two seconds' worth. */
const MAX_WAITING = 200
let running = 0
const waiting: (() => void)[] = []

/** Throws `unavailable` when too many wait already. */
export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(password, ARGON2ID))

/** Takes as long without a hash. Call it `inTurn`. */
export const verifyPassword = async (stored: string | undefined, password: string): Promise<boolean> =>
  await verify(stored ?? NOBODYS_HASH, password) && stored !== undefined

/** Runs work on passwords, a few at a time. Throws `unavailable` when too many wait already. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MAX_RUNNING) await turn()
  else running++
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

function turn(): Promise<void> {
  if (waiting.length >= MAX_WAITING) throw new Problem('unavailable', undefined, {}, { 'retry-after': '2' })
  return new Promise((resolve) => waiting.push(resolve))
}
