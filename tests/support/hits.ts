const ROUNDS = 3

/**
 * A fault that hits nothing proves nothing. Runs rounds, each with a shop of its own, until one answers that its fault
 * hit work in flight; fails when none did.
 */
export async function untilHit(what: string, round: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < ROUNDS; i++) if (await round()) return
  throw new Error(`the fault hit nothing in ${ROUNDS} rounds: ${what}`)
}

/** What is asked for and not yet answered; a request that fails has been answered. */
export class InFlight {
  readonly #open = new Set<Promise<unknown>>()

  track<T>(request: Promise<T>): Promise<T> {
    this.#open.add(request)
    const settle = () => void this.#open.delete(request)
    request.then(settle, settle)
    return request
  }

  /** Strikes; how many requests that were under way before it had no answer after it. */
  async hitBy(strike: () => Promise<unknown>): Promise<number> {
    const before = [...this.#open]
    await strike()
    return before.filter((request) => this.#open.has(request)).length
  }
}
