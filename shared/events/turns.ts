import { FairQueue } from '../kernel/fair-queue.ts'

/** Batches at work in one consumer, and of one shop. A shop that has none may always begin one, up to the last limit. */
const RUNNING = 32
/** Few: what comes in meanwhile makes the next batch, which costs the database little more than one message. */
const RUNNING_OF_ONE = 2
const MAX_RUNNING = 128
/** Messages that wait for their turn, of all shops, of one, and of one that nothing works for. */
const MAX_WAITING = 2_048
const MAX_WAITING_OF_ONE = 512
const MAX_WAITING_OF_PAUSED = 8
const PAUSE_MS = 1_000
const MAX_PAUSE_MS = 5_000

/** `lane`: what has to be done one after the other, within its shop. `isAlone`: not together with any other. */
export type Work = { shop: string; lane: string; isAlone?: boolean }

type Options<W> = {
  /**
   * Works of one shop, in their order. Answers those that nothing works for now, as something of the shop is away: they
   * are run again, before all other of the shop, after a pause.
   */
  run: (works: W[]) => Promise<W[]>
  /** How many works may be run together: 1 without it. */
  batch?: () => number
  /** The work is not kept: it comes again, after this time at the earliest. */
  refuse: (work: W, afterMs: number) => void
}

/**
 * The turns of one consumer: which messages are handled next. Shops take turns and have a share of the handlers, so that
 * one with many events, slow ones, or a database that is away delays no other. What waits of one shop is handled in
 * batches; messages of one lane one after the other, in one batch or in two.
 */
export class Turns<W extends Work> {
  readonly #options: Options<W>
  readonly #waiting = new FairQueue<string, W>()
  readonly #lanes = new Set<string>()
  readonly #running = new Map<string, number>()
  readonly #paused = new Map<string, { ms: number; timer?: ReturnType<typeof setTimeout> }>()
  #total = 0
  #stopped = false
  #onChange: (() => void)[] = []

  constructor(options: Options<W>) {
    this.#options = options
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Takes over the work, or refuses it when its shop has enough waiting. */
  offer(work: W): void {
    const { shop } = work
    const pause = this.#paused.get(shop)
    const limit = pause ? MAX_WAITING_OF_PAUSED : MAX_WAITING_OF_ONE
    if (this.#stopped || this.#waiting.sizeOf(shop) >= limit) return this.#refuse(work)
    this.#waiting.add(shop, work)
    this.#pump()
  }

  /** Settles when more may be offered. */
  async room(): Promise<void> {
    while (this.#waiting.size >= MAX_WAITING && !this.#stopped) await this.#change()
  }

  /** Begins nothing more, gives back what waits, and settles when what runs has come to its end. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const { timer } of this.#paused.values()) clearTimeout(timer)
    for (const work of this.#waiting.clear()) this.#options.refuse(work, 0)
    while (this.#total > 0) await this.#change()
    this.#changed()
  }

  #pump(): void {
    for (let next = this.#next(); next; next = this.#next()) void this.#run(next)
  }

  #next(): W[] | undefined {
    if (this.#stopped || this.#total >= MAX_RUNNING) return
    const first = this.#waiting.take((shop, work) => this.#mayBegin(shop, work))
    return first && [first.item, ...this.#more(first.key, first.item)]
  }

  #mayBegin(shop: string, work: W): boolean {
    const own = this.#running.get(shop) ?? 0
    const pause = this.#paused.get(shop)
    // Of a shop that nothing worked for, one at a time tries whether it does again.
    if (pause && (pause.timer || own > 0)) return false
    if (this.#lanes.has(laneOf(work))) return false
    return own === 0 || (own < RUNNING_OF_ONE && this.#total < RUNNING)
  }

  /** What goes in one batch with the first. Nothing passes another of its lane that stays behind. */
  #more(shop: string, first: W): W[] {
    const size = this.#paused.has(shop) || first.isAlone ? 1 : this.#options.batch?.() ?? 1
    if (size <= 1) return []
    const behind = new Set<string>()
    return this.#waiting.takeMore(shop, size - 1, (work) => {
      const lane = laneOf(work)
      const isNext = !work.isAlone && !this.#lanes.has(lane) && !behind.has(lane)
      if (!isNext) behind.add(lane)
      return isNext
    })
  }

  async #run(works: W[]): Promise<void> {
    const { shop } = works[0]!
    const lanes = works.map(laneOf)
    for (const lane of lanes) this.#lanes.add(lane)
    this.#running.set(shop, (this.#running.get(shop) ?? 0) + 1)
    this.#total++
    const away = await this.#options.run(works)
    this.#total--
    const left = this.#running.get(shop)! - 1
    if (left > 0) this.#running.set(shop, left)
    else this.#running.delete(shop)
    for (const lane of lanes) this.#lanes.delete(lane)
    if (away.length > 0) this.#pause(shop, away)
    else this.#paused.delete(shop)
    this.#pump()
    this.#changed()
  }

  #pause(shop: string, works: W[]): void {
    if (this.#stopped) return works.forEach((work) => this.#options.refuse(work, 0))
    for (const work of works.toReversed()) this.#waiting.putBack(shop, work)
    for (const each of this.#waiting.trim(shop, MAX_WAITING_OF_PAUSED)) this.#refuse(each)
    const known = this.#paused.get(shop)
    if (known?.timer) return
    const ms = Math.min(MAX_PAUSE_MS, known ? known.ms * 2 : PAUSE_MS)
    const pause: { ms: number; timer?: ReturnType<typeof setTimeout> } = { ms }
    pause.timer = setTimeout(() => {
      pause.timer = undefined
      this.#pump()
    }, ms)
    this.#paused.set(shop, pause)
  }

  #refuse(work: W): void {
    const pauseMs = this.#paused.get(work.shop)?.ms ?? 0
    this.#options.refuse(work, this.#stopped ? 0 : Math.round(pauseMs + 1_000 + Math.random() * 2_000))
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#onChange.push(resolve))
  }

  #changed(): void {
    const listeners = this.#onChange
    this.#onChange = []
    for (const listener of listeners) listener()
  }
}

const laneOf = ({ shop, lane }: Work) => `${shop}/${lane}`
