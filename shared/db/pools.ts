import mysql, { type Connection, type ConnectionOptions } from 'mysql2/promise'
import { Problem } from '../errors/problem.ts'

/** One database of one tenant, as the user that can see nothing else. */
export type Target = {
  host: string
  port: number
  user: string
  password: string
  database: string
  /** Connections this process may hold to it. */
  limit: number
}

export type PooledConnection = { connection: Connection; target: Target; idleSince: number }

type Waiter = {
  target: Target
  resolve: (pooled: PooledConnection) => void
  reject: (error: unknown) => void
}

/**
 * Connections to many databases under one cap. A database gets a connection when it needs one; at the cap
 * the connection that has been idle longest, whosever it is, makes room. mysql2's own pools know only
 * their own limit: a hundred tenants with twelve databases each would hold as many pools' worth.
 */
export class Pools {
  readonly #cap: number
  readonly #idleMs: number
  readonly #waitMs: number
  readonly #open = new Map<string, number>()
  readonly #idle = new Map<string, PooledConnection[]>()
  readonly #waiters: Waiter[] = []
  readonly #sweeper: ReturnType<typeof setInterval>
  #total = 0
  #closed = false

  constructor(options: { cap: number; idleMs?: number; waitMs?: number }) {
    this.#cap = options.cap
    this.#idleMs = options.idleMs ?? 60_000
    this.#waitMs = options.waitMs ?? 5_000
    this.#sweeper = setInterval(() => this.#closeIdle(), Math.min(this.#idleMs, 10_000))
    ;(this.#sweeper as { unref?: () => void }).unref?.()
  }

  /** Open connections, idle ones included, and requests waiting for one. */
  get figures(): { open: number; cap: number; databases: number; waiting: number } {
    return { open: this.#total, cap: this.#cap, databases: this.#open.size, waiting: this.#waiters.length }
  }

  /** Waits at most `waitMs`, then throws `unavailable`. */
  async acquire(target: Target): Promise<PooledConnection> {
    const ready = this.#idle.get(target.user)?.pop()
    if (ready) return ready
    if (this.#mayOpen(target)) return await this.#connect(target)
    return await new Promise<PooledConnection>((resolve, reject) => {
      const waiter: Waiter = {
        target,
        resolve: (pooled) => (clearTimeout(timer), resolve(pooled)),
        reject: (error) => (clearTimeout(timer), reject(error)),
      }
      const timer = setTimeout(() => {
        const at = this.#waiters.indexOf(waiter)
        if (at >= 0) this.#waiters.splice(at, 1)
        reject(new Problem('unavailable', undefined, {}, { 'retry-after': '1' }))
      }, this.#waitMs)
      this.#waiters.push(waiter)
    })
  }

  release(pooled: PooledConnection): void {
    if (this.#closed || isBroken(pooled.connection)) return this.discard(pooled)
    const next = this.#takeWaiter((waiter) => waiter.target.user === pooled.target.user)
    if (next) return next.resolve(pooled)
    pooled.idleSince = Date.now()
    const idle = this.#idle.get(pooled.target.user)
    if (idle) idle.push(pooled)
    else this.#idle.set(pooled.target.user, [pooled])
    this.#serveWaiters()
  }

  /** Closes a connection that can't be trusted any more, for instance in the middle of a transaction. */
  discard(pooled: PooledConnection): void {
    pooled.connection.destroy()
    this.#forget(pooled.target.user)
    this.#serveWaiters()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#sweeper)
    const idle = [...this.#idle.values()].flat()
    this.#idle.clear()
    await Promise.all(idle.map((pooled) => {
      this.#forget(pooled.target.user)
      return pooled.connection.end().catch(() => {})
    }))
  }

  #mayOpen(target: Target): boolean {
    if ((this.#open.get(target.user) ?? 0) >= target.limit) return false
    return this.#total < this.#cap || this.#evictIdle()
  }

  #evictIdle(): boolean {
    let oldest: PooledConnection | undefined
    for (const [first] of this.#idle.values()) {
      if (first && (!oldest || first.idleSince < oldest.idleSince)) oldest = first
    }
    if (oldest) this.#closeQuietly(oldest)
    return oldest !== undefined
  }

  async #connect(target: Target): Promise<PooledConnection> {
    const { limit: _, ...options } = target
    this.#total++
    this.#open.set(target.user, (this.#open.get(target.user) ?? 0) + 1)
    try {
      const connection = await mysql.createConnection({ ...options, ...connectionOptions })
      const pooled = { connection, target, idleSince: 0 }
      connection.on('error', () => this.#dropIdle(pooled))
      for (const statement of SESSION) await connection.query(statement)
      return pooled
    } catch (error) {
      this.#forget(target.user)
      this.#serveWaiters()
      throw error
    }
  }

  #dropIdle(pooled: PooledConnection): void {
    const idle = this.#idle.get(pooled.target.user) ?? []
    const at = idle.indexOf(pooled)
    if (at < 0) return
    idle.splice(at, 1)
    this.#forget(pooled.target.user)
  }

  #closeIdle(): void {
    const before = Date.now() - this.#idleMs
    for (const idle of this.#idle.values()) {
      for (const pooled of idle.filter((each) => each.idleSince < before)) this.#closeQuietly(pooled)
    }
  }

  #closeQuietly(pooled: PooledConnection): void {
    this.#dropIdle(pooled)
    pooled.connection.end().catch(() => {})
  }

  #forget(user: string): void {
    this.#total--
    const left = (this.#open.get(user) ?? 1) - 1
    if (left > 0) return void this.#open.set(user, left)
    this.#open.delete(user)
    this.#idle.delete(user)
  }

  #takeWaiter(matches: (waiter: Waiter) => boolean): Waiter | undefined {
    const at = this.#waiters.findIndex(matches)
    return at < 0 ? undefined : this.#waiters.splice(at, 1)[0]
  }

  #serveWaiters(): void {
    const next = this.#takeWaiter((waiter) => this.#mayOpen(waiter.target))
    if (next) this.#connect(next.target).then(next.resolve, next.reject)
  }
}

const connectionOptions: ConnectionOptions = {
  // A server counts them over all connections: 16,382 by default, so raise max_prepared_stmt_count with the cap.
  maxPreparedStatements: 100,
  timezone: 'Z',
  charset: 'utf8mb4',
  connectTimeout: 5_000,
  // Drizzle reads times from text. As a connection's setting it costs nothing; as its type cast a call for every cell.
  dateStrings: true,
  // Stacks of callers in errors, made for every statement: 7 % of a region's time.
  trace: false,
}

/** READ COMMITTED takes no gap locks, so buyers of different products don't wait for one another. */
const SESSION = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 5`,
]

const isBroken = (connection: Connection): boolean => {
  const { stream, _fatalError } = (connection as unknown as {
    connection: { stream?: { destroyed?: boolean }; _fatalError?: unknown }
  }).connection
  return _fatalError != null || stream?.destroyed === true
}
