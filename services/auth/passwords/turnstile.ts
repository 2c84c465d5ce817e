import { Problem } from '../../../shared/errors/problem.ts'

export type Gate = {
  /** How many at a time. */
  width: number
  /** Who would have to wait longer is refused at once; who has is refused then. */
  waitMs: number
}

/** Before anything was measured, and at least: what bounds how many may wait. */
const EXPECTED_MS = 40
const LEAST_MS = 5
const WEIGHT_OF_LAST = 0.2

type Waiting = { enter: () => void; timer: ReturnType<typeof setTimeout> }

/** Lets a few pass at a time, in order. Bounded in time, and so in number. */
export class Turnstile {
  readonly #gate: Gate
  readonly #waiting = new Set<Waiting>()
  #inside = 0
  #meanMs = EXPECTED_MS

  constructor(gate: Gate) {
    this.#gate = gate
  }

  get isIdle(): boolean {
    return this.#inside === 0 && this.#waiting.size === 0
  }

  /** Throws `unavailable` with the seconds to wait when others would take too long. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside < this.#gate.width) this.#inside++
    else await this.#turn()
    const started = Date.now()
    try {
      return await work()
    } finally {
      this.#meanMs += WEIGHT_OF_LAST * (Date.now() - started - this.#meanMs)
      this.#next()
    }
  }

  /** The place of whoever leaves passes to the next: nobody gets in between. */
  #next(): void {
    const [next] = this.#waiting
    if (!next) return void this.#inside--
    this.#waiting.delete(next)
    clearTimeout(next.timer)
    next.enter()
  }

  #turn(): Promise<void> {
    const { width, waitMs } = this.#gate
    const expectedMs = (this.#waiting.size + 1) * Math.max(this.#meanMs, LEAST_MS) / width
    if (expectedMs > waitMs) throw busy(expectedMs)
    return new Promise((enter, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting)
        reject(busy(waitMs))
      }, waitMs)
      const waiting: Waiting = { enter, timer }
      this.#waiting.add(waiting)
    })
  }
}

const busy = (ms: number) =>
  new Problem('unavailable', 'Too many sign in at this moment', {}, {
    'retry-after': String(Math.max(1, Math.ceil(ms / 1000))),
  })
