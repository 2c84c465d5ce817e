type Work = () => Promise<unknown>

/**
 * Runs work of many shops, so much at a time: one turn for each shop that has some, then the next for each. However
 * much one shop has waiting, another waits for one turn of each at most. A shop has one turn at a time.
 */
export class ShopTurns {
  readonly #limit: number
  /** In the order of their turns. */
  readonly #waiting = new Map<string, Work[]>()
  readonly #busy = new Set<string>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** `work` must not throw. */
  add(shop: string, work: Work): void {
    const own = this.#waiting.get(shop)
    if (own) own.push(work)
    else this.#waiting.set(shop, [work])
    this.#next()
  }

  #next(): void {
    if (this.#busy.size >= this.#limit) return
    for (const [shop, own] of this.#waiting) {
      if (this.#busy.has(shop)) continue
      const work = own.shift()!
      if (own.length === 0) this.#waiting.delete(shop)
      this.#busy.add(shop)
      void work().finally(() => {
        this.#busy.delete(shop)
        this.#toTheEnd(shop)
        this.#next()
      })
      return this.#next()
    }
  }

  /** What a shop has added meanwhile comes after those that have waited. */
  #toTheEnd(shop: string): void {
    const own = this.#waiting.get(shop)
    if (!own) return
    this.#waiting.delete(shop)
    this.#waiting.set(shop, own)
  }
}
