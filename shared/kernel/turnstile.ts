import { FairQueue } from './fair-queue.ts'

type Options = {
  /** How many at a time, in all. */
  width?: number
  /** How many of one key at a time. */
  each?: number
  /** How many of a key that nobody else asks beside. */
  alone?: number
  /** Who would have to wait longer is refused at once; who has is refused then. */
  waitMs?: number
  /** What a refusal is, given the milliseconds that it takes until one would be let in. */
  busy?: (ms: number) => Error
}

/** Before anything was measured, and at least: what bounds how many may wait. */
const EXPECTED_MS = 40
const LEAST_MS = 5
/** One that hangs says little of the next. */
const MOST_MS = 1_000
const WEIGHT_OF_LAST = 0.2
/** For how long after it has asked a key counts as asking. */
const ASKING_MS = 1_000

type Waiting = { enter: () => void; timer?: ReturnType<typeof setTimeout> }
/** Runs work for which one steps aside: whoever is next may pass meanwhile, and one takes a turn again after it. */
export type Aside = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Lets a few pass at a time, by whose they are: a shop, a lane. Those of one key pass in order, and keys take turns,
 * so that however much one has waiting, another waits for no more than one of each. What waits is bounded in time, and
 * so in number.
 */
export class Turnstile<K> {
  readonly #options: Required<Options>
  readonly #waiting = new FairQueue<K, Waiting>()
  readonly #inside = new Map<K, number>()
  #total = 0
  #meanMs = EXPECTED_MS
  /** Who asked last, and when somebody else did before. */
  #last?: { key: K; at: number }
  #othersAt = -Infinity

  constructor({ width = Infinity, each = width, alone = each, waitMs = Infinity, busy }: Options) {
    this.#options = { width, each, alone, waitMs, busy: busy ?? (() => new Error('too much waits')) }
  }

  /**
   * Throws what `busy` makes when others would take too long. At `until`, milliseconds since 1970, the place is given
   * back whatever still runs: work that hangs keeps nobody out for ever.
   */
  async pass<T>(key: K, work: (aside: Aside) => Promise<T>, until = Infinity): Promise<T> {
    this.#note(key)
    await this.#turn(key, this.#options.waitMs)
    const started = performance.now()
    let isInside = true
    let isOver = false
    let errands = 0
    let awayMs = 0
    const leave = () => {
      if (isInside) this.#leave(key)
      isInside = false
    }
    const end = () => {
      isOver = true
      leave()
    }
    const timer = until < Infinity ? setTimeout(end, Math.max(0, until - Date.now())) : undefined
    const aside: Aside = async (errand) => {
      const left = performance.now()
      leave()
      errands++
      try {
        return await errand()
      } finally {
        errands--
        if (!isInside && !isOver) {
          await this.#turn(key)
          if (isInside || isOver || errands > 0) this.#leave(key)
          else isInside = true
        }
        awayMs += performance.now() - left
      }
    }
    try {
      return await work(aside)
    } finally {
      clearTimeout(timer)
      const tookMs = Math.min(performance.now() - started - awayMs, MOST_MS)
      this.#meanMs += WEIGHT_OF_LAST * (tookMs - this.#meanMs)
      end()
    }
  }

  #hasRoom(key: K): boolean {
    const { width, each, alone } = this.#options
    const own = this.#inside.get(key) ?? 0
    return this.#total < width && own < alone && (own < each || this.#isAlone(key))
  }

  #enter(key: K): void {
    this.#inside.set(key, (this.#inside.get(key) ?? 0) + 1)
    this.#total++
  }

  /** A place passes to whoever is next: nobody gets in between. */
  #leave(key: K): void {
    const left = this.#inside.get(key)! - 1
    if (left > 0) this.#inside.set(key, left)
    else this.#inside.delete(key)
    this.#total--
    this.#waiting.toTheEnd(key)
    for (let next = this.#next(); next; next = this.#next()) {
      clearTimeout(next.item.timer)
      this.#enter(next.key)
      next.item.enter()
    }
  }

  #next() {
    return this.#waiting.takeOf((key) => this.#hasRoom(key))
  }

  async #turn(key: K, waitMs = Infinity): Promise<void> {
    if (this.#waiting.sizeOf(key) === 0 && this.#hasRoom(key)) return this.#enter(key)
    const { busy } = this.#options
    if (waitMs === Infinity) return await new Promise((enter) => this.#waiting.add(key, { enter }))
    const expectedMs = this.#expectedMs(key)
    if (expectedMs > waitMs) throw busy(expectedMs)
    await new Promise<void>((enter, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.remove(key, waiting)
        reject(busy(waitMs))
      }, waitMs)
      const waiting: Waiting = { enter, timer }
      this.#waiting.add(key, waiting)
    })
  }

  /** How long the wait is: for one's own key, or for all. */
  #expectedMs(key: K): number {
    const { width, each, alone } = this.#options
    const own = (this.#waiting.sizeOf(key) + 1) / Math.min(width, this.#isAlone(key) ? alone : each)
    const all = (this.#waiting.size + 1) / width
    return Math.max(own, all) * Math.max(this.#meanMs, LEAST_MS)
  }

  #note(key: K): void {
    const now = Date.now()
    if (this.#last && this.#last.key !== key) this.#othersAt = this.#last.at
    this.#last = { key, at: now }
  }

  #isAlone(key: K): boolean {
    const othersAt = this.#last?.key === key ? this.#othersAt : this.#last?.at ?? -Infinity
    return Date.now() - othersAt > ASKING_MS
  }
}
