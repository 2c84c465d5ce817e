/**
 * Counts the guesses of each key within a window: taken before a guess is looked at, so that no number of guesses at
 * once gets past the limit, and given back when it was right. Kept in the process: several processes allow as many
 * times more, which guessing codes out of 10^15 does not profit from.
 */
export class Attempts {
  readonly #limit: number
  readonly #windowMs: number
  readonly #maxKeys: number
  readonly #taken = new Map<string, { count: number; until: number }>()

  constructor(options: { limit: number; windowMs: number; maxKeys: number }) {
    this.#limit = options.limit
    this.#windowMs = options.windowMs
    this.#maxKeys = options.maxKeys
  }

  /** Takes one of the attempts that `key` has: 0, or the seconds until there are some again. */
  take(key: string, now: Date): number {
    const known = this.#taken.get(key)
    if (known && known.until > now.getTime()) {
      if (known.count >= this.#limit) return Math.ceil((known.until - now.getTime()) / 1000)
      known.count++
      return 0
    }
    this.#taken.delete(key)
    if (this.#taken.size >= this.#maxKeys) this.#dropOldest()
    this.#taken.set(key, { count: 1, until: now.getTime() + this.#windowMs })
    return 0
  }

  giveBack(key: string): void {
    const known = this.#taken.get(key)
    if (known && known.count > 0) known.count--
  }

  /** A map keeps the order of insertion, and windows are equally long: the first ends first. */
  #dropOldest(): void {
    const [oldest] = this.#taken.keys()
    if (oldest !== undefined) this.#taken.delete(oldest)
  }
}
