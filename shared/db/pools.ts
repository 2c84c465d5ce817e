import type { Connection } from 'mysql2/promise'
import { Problem } from '../errors/problem.ts'
import { connect, isBroken, type Login, type Mode, setMode } from './connection.ts'

/** One database of one tenant, as the user that can see nothing else. */
export type Target = Login & {
  /** Who has to share fairly with others: a tenant, whichever of its databases it uses. */
  shop: string
  /** Connections this process may hold to it. */
  limit: number
}

/** `mode`: that in which it rests. */
export type PooledConnection = { connection: Connection; target: Target; mode: Mode; idleSince: number }

type Options = {
  /** Connections in all. */
  cap: number
  idleMs?: number
  /** How long a request waits for a connection. */
  waitMs?: number
  /** Requests that wait at once, in all. */
  maxWaiting?: number
  connect?: (login: Login, session: { mode: Mode }) => Promise<Connection>
}

type Waiter = {
  mode: Mode
  since: number
  timer: ReturnType<typeof setTimeout>
  resolve: (pooled: Promise<PooledConnection>) => void
  reject: (error: unknown) => void
}
type Shop = { busy: number; waiting: number; lanes: number }
/** The connections of one database user, and who waits for one. `busy` are those in use or being opened. */
type Lane = { target: Target; shop: Shop; busy: number; idle: PooledConnection[]; waiting: Waiter[] }

/** Of one database alone. */
const MAY_PASS_MS = 20

/**
 * Connections to many databases under one cap, shared fairly between shops:
 *
 * - A shop may use as many as it leaves free. Alone it gets half of the cap, with another that wants all a third,
 *   and so on: however busy one is, the next finds a connection without waiting.
 * - Whatever becomes free goes to the shop that uses the fewest, among equals to who has waited longest.
 * - The same holds for places to wait in; who finds none, or waits too long, is told to come back.
 *
 * Idle connections are anybody's: the one that rested longest is closed when another database needs its place.
 * mysql2's own pools know only their own limit: a hundred tenants with twelve databases would hold as many pools' worth.
 */
export class Pools {
  readonly #cap: number
  readonly #idleMs: number
  readonly #waitMs: number
  readonly #maxWaiting: number
  readonly #connect: NonNullable<Options['connect']>
  readonly #lanes = new Map<string, Lane>()
  readonly #shops = new Map<string, Shop>()
  /** Lanes that somebody waits in. */
  readonly #queued = new Set<Lane>()
  readonly #sweeper: ReturnType<typeof setInterval>
  #open = 0
  #busy = 0
  #waiting = 0
  #closed = false

  constructor(options: Options) {
    this.#cap = options.cap
    this.#idleMs = options.idleMs ?? 60_000
    this.#waitMs = options.waitMs ?? 5_000
    this.#maxWaiting = options.maxWaiting ?? options.cap * 5
    this.#connect = options.connect ?? connect
    this.#sweeper = setInterval(() => this.#closeIdle(), Math.min(this.#idleMs, 10_000))
    ;(this.#sweeper as { unref?: () => void }).unref?.()
  }

  /** Open connections, those in use among them, and requests waiting for one. */
  get figures(): { open: number; busy: number; cap: number; databases: number; waiting: number } {
    return {
      open: this.#open,
      busy: this.#busy,
      cap: this.#cap,
      databases: this.#lanes.size,
      waiting: this.#waiting,
    }
  }

  /**
   * Waits at most `waitMs`. Throws `unavailable` then, and at once when too many wait already. In mode `transaction`
   * the connection is to be given back after a commit or a rollback.
   */
  async acquire(target: Target, mode: Mode = 'statements'): Promise<PooledConnection> {
    if (this.#closed) throw unavailable()
    const lane = this.#laneOf(target)
    if (lane.waiting.length === 0 && this.#mayUse(lane)) return await this.#use(lane, mode)
    return await this.#wait(lane, mode)
  }

  release(pooled: PooledConnection): void {
    const lane = this.#free(pooled)
    const isSpare = lane.busy + lane.idle.length >= lane.target.limit // the plan has become smaller
    if (this.#closed || isSpare || isBroken(pooled.connection)) {
      pooled.connection.destroy()
      this.#lost(lane)
    } else {
      pooled.idleSince = Date.now()
      lane.idle.push(pooled)
    }
    this.#serve()
  }

  /** Closes a connection that can't be trusted any more, for instance in the middle of a transaction. */
  discard(pooled: PooledConnection): void {
    pooled.connection.destroy()
    this.#lost(this.#free(pooled))
    this.#serve()
  }

  /** Lets what is in use come to its end; nobody gets a connection any more. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#sweeper)
    for (const lane of [...this.#queued]) {
      for (const waiter of [...lane.waiting]) {
        this.#takeOut(lane, waiter)
        waiter.reject(unavailable())
      }
    }
    const idle = [...this.#lanes.values()].flatMap((lane) => lane.idle)
    await Promise.all(idle.map((pooled) => this.#retire(pooled)))
  }

  #laneOf(target: Target): Lane {
    const known = this.#lanes.get(target.user)
    if (known) {
      known.target = target
      return known
    }
    let shop = this.#shops.get(target.shop)
    if (!shop) this.#shops.set(target.shop, shop = { busy: 0, waiting: 0, lanes: 0 })
    shop.lanes++
    const lane: Lane = { target, shop, busy: 0, idle: [], waiting: [] }
    this.#lanes.set(target.user, lane)
    return lane
  }

  #mayUse({ target, shop, busy }: Lane): boolean {
    return busy < target.limit && shop.busy < this.#cap - this.#busy
  }

  async #use(lane: Lane, mode: Mode): Promise<PooledConnection> {
    lane.busy++
    lane.shop.busy++
    this.#busy++
    const ready = this.#takeIdle(lane, mode)
    if (ready?.mode === mode) return ready
    const { target } = lane
    if (!ready) {
      if (this.#open >= this.#cap) this.#retireOldest()
      this.#open++
    }
    try {
      if (!ready) return await this.#openOne(target, mode)
      const isSeldom = lane.busy === 1 && mode === 'transaction'
      return await (isSeldom ? begin(ready) : changeMode(ready, mode))
    } catch (error) {
      ready?.connection.destroy()
      this.#lost(this.#free({ target }))
      this.#serve()
      throw error
    }
  }

  /**
   * One of this mode if any rests. Where others are in use besides, both modes are wanted, and one more is opened
   * rather than changing those that rest to and fro.
   */
  #takeIdle({ idle, busy, target }: Lane, mode: Mode): PooledConnection | undefined {
    const at = idle.findLastIndex((each) => each.mode === mode)
    if (at >= 0) return idle.splice(at, 1)[0]
    const mayOpen = busy > 1 && busy + idle.length <= target.limit && this.#open < this.#cap
    return mayOpen ? undefined : idle.pop()
  }

  async #openOne(target: Target, mode: Mode): Promise<PooledConnection> {
    const connection = await this.#connect(target, { mode })
    const pooled = { connection, target, mode, idleSince: 0 }
    connection.on('error', () => this.#dropIdle(pooled))
    return pooled
  }

  #wait(lane: Lane, mode: Mode): Promise<PooledConnection> {
    if (lane.shop.waiting >= this.#maxWaiting - this.#waiting) {
      this.#forget(lane)
      throw unavailable()
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#takeOut(lane, waiter)
        reject(unavailable())
      }, this.#waitMs)
      const waiter: Waiter = { mode, since: performance.now(), timer, resolve, reject }
      lane.waiting.push(waiter)
      lane.shop.waiting++
      this.#waiting++
      this.#queued.add(lane)
    })
  }

  #takeOut(lane: Lane, waiter: Waiter): void {
    clearTimeout(waiter.timer)
    lane.waiting.splice(lane.waiting.indexOf(waiter), 1)
    this.#unwait(lane)
  }

  #unwait(lane: Lane): void {
    lane.shop.waiting--
    this.#waiting--
    if (lane.waiting.length > 0) return
    this.#queued.delete(lane)
    this.#forget(lane)
  }

  #serve(): void {
    for (let lane = this.#first(); lane; lane = this.#first()) {
      const waiter = nextOf(lane)
      const connection = this.#use(lane, waiter.mode)
      this.#takeOut(lane, waiter)
      waiter.resolve(connection)
    }
  }

  #first(): Lane | undefined {
    let first: Lane | undefined
    for (const lane of this.#queued) {
      if (this.#mayUse(lane) && (!first || comesBefore(lane, first))) first = lane
    }
    return first
  }

  #free({ target }: { target: Target }): Lane {
    const lane = this.#lanes.get(target.user)!
    lane.busy--
    lane.shop.busy--
    this.#busy--
    return lane
  }

  /** A connection of this lane is no more. */
  #lost(lane: Lane): void {
    this.#open--
    this.#forget(lane)
  }

  #forget(lane: Lane): void {
    const { target, shop, busy, idle, waiting } = lane
    if (busy + idle.length + waiting.length > 0 || this.#lanes.get(target.user) !== lane) return
    this.#lanes.delete(target.user)
    if (--shop.lanes === 0) this.#shops.delete(target.shop)
  }

  #closeIdle(): void {
    const before = Date.now() - this.#idleMs
    const idle = [...this.#lanes.values()].flatMap((lane) => lane.idle)
    for (const pooled of idle) if (pooled.idleSince < before) void this.#retire(pooled)
  }

  #retireOldest(): void {
    let oldest: PooledConnection | undefined
    for (const { idle: [first] } of this.#lanes.values()) {
      if (first && (!oldest || first.idleSince < oldest.idleSince)) oldest = first
    }
    if (oldest) void this.#retire(oldest)
  }

  async #retire(pooled: PooledConnection): Promise<void> {
    this.#dropIdle(pooled)
    await pooled.connection.end().catch(() => {})
  }

  #dropIdle(pooled: PooledConnection): void {
    const lane = this.#lanes.get(pooled.target.user)
    const at = lane?.idle.indexOf(pooled) ?? -1
    if (at < 0) return
    lane!.idle.splice(at, 1)
    this.#lost(lane!)
  }
}

const comesBefore = (a: Lane, b: Lane): boolean =>
  a.shop.busy < b.shop.busy ||
  (a.shop.busy === b.shop.busy && a.waiting[0]!.since < b.waiting[0]!.since)

/** As dear as a change of mode, but the next statement needs none. */
async function begin(pooled: PooledConnection): Promise<PooledConnection> {
  await pooled.connection.query('begin')
  return pooled
}

async function changeMode(pooled: PooledConnection, mode: Mode): Promise<PooledConnection> {
  await setMode(pooled.connection, mode)
  pooled.mode = mode
  return pooled
}

/** Who has waited longest in this lane, or came soon after and can use what rests as it is. */
function nextOf({ waiting, idle }: Lane): Waiter {
  const [first] = waiting as [Waiter]
  const isSoon = ({ since }: Waiter) => since - first.since < MAY_PASS_MS
  const fits = ({ mode }: Waiter) => idle.some((each) => each.mode === mode)
  return waiting.find((waiter) => isSoon(waiter) && fits(waiter)) ?? first
}

const unavailable = () => new Problem('unavailable', undefined, {}, { 'retry-after': '1' })
