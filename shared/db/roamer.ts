import type { Connection } from 'mysql2/promise'
import { changeLogin, connect, isBroken, type Login } from './connection.ts'
import { type Executor, executorOf } from './database.ts'

type Visit = { connection: Connection | undefined; isOver: boolean }
type Options = {
  connections?: number
  /** Of one statement, kept by the server; of the whole visit, kept by closing its connection. */
  statementLimitMs?: number
  visitLimitMs?: number
  means?: { connect: typeof connect; changeLogin: typeof changeLogin }
}

/** Connections of a roamer. */
export const ROAMING = 4

/** A visit took longer than it may. */
export class VisitTooLong extends Error {}

/**
 * A few connections that look into many databases, one after the other, each time as that database's own user: a
 * look at a thousand of them must not cost a thousand connections. 1.3 ms a visit on loopback. One that hangs holds up
 * a connection for as long as a visit may take, no more.
 */
export class Roamer {
  readonly #session: { statementLimitMs: number }
  readonly #visitLimitMs: number
  /** Connections not in use; undefined is one still to be opened. */
  readonly #free: (Connection | undefined)[]
  readonly #waiting: ((connection: Connection | undefined) => void)[] = []
  readonly #means: Required<Options>['means']
  #visits = 0
  #onIdle?: () => void

  constructor(options: Options = {}) {
    this.#session = { statementLimitMs: options.statementLimitMs ?? 2_000 }
    this.#visitLimitMs = options.visitLimitMs ?? 5_000
    this.#free = Array(options.connections ?? ROAMING).fill(undefined)
    this.#means = options.means ?? { connect, changeLogin }
  }

  /** `look` lasts no longer than the visit. Throws `VisitTooLong` past the limit. */
  async visit<T>(login: Login, look: (db: Executor) => Promise<T>): Promise<T> {
    this.#visits++
    const visit: Visit = { connection: await this.#take(), isOver: false }
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      const error = new VisitTooLong(`no answer within ${this.#visitLimitMs} ms`)
      timer = setTimeout(() => reject(error), this.#visitLimitMs)
    })
    try {
      return await Promise.race([this.#enter(visit, login).then(look), late])
    } catch (error) {
      visit.connection?.destroy()
      throw error
    } finally {
      visit.isOver = true
      clearTimeout(timer)
      this.#give(visit.connection && !isBroken(visit.connection) ? visit.connection : undefined)
    }
  }

  /** Waits for the visits under way. */
  async close(): Promise<void> {
    if (this.#visits > 0) await new Promise<void>((resolve) => this.#onIdle = resolve)
    await Promise.all(this.#free.splice(0).map((connection) => connection?.end().catch(() => {})))
  }

  async #enter(visit: Visit, login: Login): Promise<Executor> {
    if (visit.connection) {
      await this.#means.changeLogin(visit.connection, login, this.#session)
      return executorOf(visit.connection)
    }
    const connection = await this.#means.connect(login, this.#session)
    if (visit.isOver) connection.destroy() // nobody waits for it any more
    else visit.connection = connection
    return executorOf(connection)
  }

  #take(): Promise<Connection | undefined> {
    if (this.#free.length > 0) return Promise.resolve(this.#free.pop())
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #give(connection: Connection | undefined): void {
    const next = this.#waiting.shift()
    if (next) next(connection)
    else this.#free.push(connection)
    if (--this.#visits === 0) this.#onIdle?.()
  }
}
