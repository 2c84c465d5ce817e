/**
 * Counts failed guesses of each key within a window. Kept in the process: several processes allow as many times
 * more, which guessing codes out of 10^15 does not profit from.
 */
export class Attempts {
  readonly #limit: number
  readonly #windowMs: number
  readonly #maxKeys: number
  readonly #failures = new Map<string, { count: number; until: number }>()

  constructor(options: { limit: number; windowMs: number; maxKeys: number }) {
    this.#limit = options.limit
    this.#windowMs = options.windowMs
    this.#maxKeys = options.maxKeys
  }

  /** Seconds until `key` may try again; 0: now. */
  waitS(key: string, now: Date): number {
    const known = this.#failures.get(key)
    if (!known || known.count < this.#limit || known.until <= now.getTime()) return 0
    return Math.ceil((known.until - now.getTime()) / 1000)
  }

  fail(key: string, now: Date): void {
    const known = this.#failures.get(key)
    if (known && known.until > now.getTime()) return void known.count++
    if (this.#failures.size >= this.#maxKeys) this.#dropOldest()
    this.#failures.delete(key)
    this.#failures.set(key, { count: 1, until: now.getTime() + this.#windowMs })
  }

  /** A map keeps the order of insertion, and windows are equally long: the first ends first. */
  #dropOldest(): void {
    const [oldest] = this.#failures.keys()
    if (oldest !== undefined) this.#failures.delete(oldest)
  }
}
