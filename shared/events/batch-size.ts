/** What a batch has changed is locked until its end: others wait for it so long. */
const MAX_MS = 100
const MIN = 2
const MAX = 16

/** How many messages are handled in one transaction: as many as are done in a moment, which only trying tells. */
export class BatchSize {
  #size = MAX

  get value(): number {
    return this.#size
  }

  /** A batch of so many was done in so much time. */
  took(ms: number, count: number): void {
    if (ms > MAX_MS) this.#size = Math.max(MIN, count >> 1)
    else if (count >= this.#size) this.#size = Math.min(MAX, this.#size + 1)
  }
}
