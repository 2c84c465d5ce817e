import { type Gate, Turnstile } from './turnstile.ts'

/**
 * Shares few places among many lanes. Each lane has its own entrance of `laneWidth`, and only who is in there asks for a
 * place, first come, first served: however long a lane's queue is, it holds up another by no more than its width. What
 * a lane waits for between (its database) holds up nobody else.
 */
export class FairTurns {
  readonly #places: Turnstile
  readonly #lanes = new Map<string, Turnstile>()
  readonly #laneGate: Gate

  constructor({ width, laneWidth, waitMs }: Gate & { laneWidth: number }) {
    this.#places = new Turnstile({ width, waitMs })
    this.#laneGate = { width: laneWidth, waitMs }
  }

  /** Throws `unavailable` when this lane is too busy. */
  async enter<T>(lane: string, work: () => Promise<T>): Promise<T> {
    let entrance = this.#lanes.get(lane)
    if (!entrance) this.#lanes.set(lane, entrance = new Turnstile(this.#laneGate))
    try {
      return await entrance.pass(work)
    } finally {
      if (entrance.isIdle && this.#lanes.get(lane) === entrance) this.#lanes.delete(lane)
    }
  }

  /** One of the places. To be asked for inside `enter`. Throws `unavailable` when all lanes together are too busy. */
  take<T>(work: () => Promise<T>): Promise<T> {
    return this.#places.pass(work)
  }
}
