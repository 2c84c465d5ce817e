import type { Log } from '../../telemetry/log.ts'
import type { Mark } from '../database.ts'
import type { DueWork, Place } from './due-work.ts'

/** Longer than an upsert of some hundred rows takes. */
const WAIT_MS = 1_000
const RETRY_MS = 1_000

type Means = { dueWork: Pick<DueWork, 'promise'>; log: Pick<Log, 'warn'>; promiseMs: number }
type Batch = { marks: Set<PlaceMark>; written: Promise<void> }

/**
 * Keeps the promise that somebody will look at what a transaction leaves behind, should its process die: a mark is
 * written before the first commit and counts for half of the time until the look, so that a shop costs one row's
 * upsert in that time however much it writes; all that are wanted at once are one statement. Clocks of processes may
 * differ by the other half.
 *
 * A platform database that is away stops no shop from selling: the mark is then written as soon as it can be, and only
 * if this process dies as well before that, the shop waits for its daily look.
 */
export class Marks {
  readonly #means: Means
  /** Gathers while the one before is being written. */
  #next?: Batch
  #last: Promise<void> = Promise.resolve()
  readonly #owed = new Set<PlaceMark>()
  #retry?: ReturnType<typeof setTimeout>

  constructor(means: Means) {
    this.#means = means
  }

  of(service: string, tenant: string): Mark {
    return new PlaceMark({ service, tenant }, (mark) => this.#want(mark))
  }

  /** Resolves when the mark is there, or has to be waited for no longer. */
  #want(mark: PlaceMark): Promise<void> {
    const batch = this.#next ??= this.#open()
    batch.marks.add(mark)
    return batch.written
  }

  #open(): Batch {
    const marks = new Set<PlaceMark>()
    this.#last = this.#last.then(() => {
      this.#next = undefined
      return this.#write([...marks])
    })
    return { marks, written: this.#last }
  }

  async #write(marks: PlaceMark[]): Promise<void> {
    const { dueWork, promiseMs } = this.#means
    const countsUntil = performance.now() + promiseMs / 2
    const places = marks.map((mark) => mark.place)
    const attempt = dueWork.promise(places, new Date(Date.now() + promiseMs))
      .catch((error) => this.#owe(marks, error))
    await within(WAIT_MS, attempt)
    for (const mark of marks) mark.countsUntil = countsUntil
  }

  #owe(marks: PlaceMark[], error: unknown): void {
    this.#means.log.warn('unfinished work not marked yet', { databases: marks.length, error })
    for (const mark of marks) this.#owed.add(mark)
    this.#retry ??= setTimeout(() => {
      const owed = [...this.#owed]
      this.#owed.clear()
      this.#retry = undefined
      for (const mark of owed) void this.#want(mark)
    }, RETRY_MS)
    ;(this.#retry as { unref?: () => void }).unref?.()
  }
}

class PlaceMark implements Mark {
  readonly place: Place
  readonly #want: (mark: PlaceMark) => Promise<void>
  countsUntil = -1
  #pending?: Promise<void>

  constructor(place: Place, want: (mark: PlaceMark) => Promise<void>) {
    this.place = place
    this.#want = want
  }

  ensure(): Promise<void> | undefined {
    if (performance.now() < this.countsUntil) return undefined
    return this.#pending ??= this.#want(this).finally(() => this.#pending = undefined)
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, ms))
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
