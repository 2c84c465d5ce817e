import { LRUCache } from 'lru-cache'
import type { Lifetime } from './env.ts'

/** A public answer as it can be given again and again: nothing of the request that brought it. */
export type Shared = { headers: Headers; body: ArrayBuffer }

/** How long an answer is given without a look into the cache. Where that keeps nothing, a region is asked as often. */
const HELD_MS = 1_000
/** Its request may be gone, and its input and output with it: never wait for it without a limit. */
const WAIT_MS = 3_000
/** 16 MB at most, of the 128 that an isolate has. */
const MAX_ANSWERS = 500
const MAX_LENGTH = 32 * 1024

type Bringing = { answer: Promise<Shared | undefined>; startedAt: number }
type Held = { answer: Shared; until: number }

/**
 * One request of an isolate brings what all of them want at the same moment, and for a second after: however many shoppers
 * open one product, its region hears of them once. Entries hold their own ends, as in `Shops`.
 */
export class Sharing {
  readonly #bringing = new Map<string, Bringing>()
  readonly #held = new LRUCache<string, Held>({ max: MAX_ANSWERS })

  /**
   * What another request brings or has brought, else what `work` does, which answers undefined where its answer is for
   * nobody else; so does this then, and of those who waited for it each does its own.
   */
  async share(
    key: string,
    lifetime: Lifetime,
    work: () => Promise<Shared | undefined>,
  ): Promise<Shared | undefined> {
    for (;;) {
      const held = this.#held.get(key)
      if (held && held.until > Date.now()) return held.answer
      const other = this.#bringing.get(key)
      if (!other || Date.now() - other.startedAt >= WAIT_MS) return await this.#bring(key, lifetime, work)
      const answer = await within(WAIT_MS, other.answer)
      if (answer !== LATE) return answer ?? await work()
    }
  }

  async #bring(
    key: string,
    lifetime: Lifetime,
    work: () => Promise<Shared | undefined>,
  ): Promise<Shared | undefined> {
    const working = work()
    // Others ask for themselves where this one failed, which may have been its own fault.
    const bringing: Bringing = { answer: working.catch(() => undefined), startedAt: Date.now() }
    this.#bringing.set(key, bringing)
    // Goes on for the others when the client who caused it hangs up.
    lifetime.waitUntil(bringing.answer)
    try {
      const answer = await working
      if (answer && answer.body.byteLength <= MAX_LENGTH) {
        this.#held.set(key, { answer, until: Date.now() + HELD_MS })
      }
      return answer
    } finally {
      if (this.#bringing.get(key) === bringing) this.#bringing.delete(key)
    }
  }
}

const LATE = Symbol('late')

async function within<T>(ms: number, promise: Promise<T>): Promise<T | typeof LATE> {
  let stop = () => {}
  const late = new Promise<typeof LATE>((resolve) => {
    const timer = setTimeout(() => resolve(LATE), ms)
    stop = () => clearTimeout(timer)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    stop()
  }
}
