import mysql, { type Connection } from 'mysql2/promise'
import { drizzle } from 'drizzle-orm/mysql2'
import type { Executor } from './database.ts'
import type { Target } from './pools.ts'

/**
 * One connection that looks into many databases, one after the other, each time as that database's own user: a
 * look at a thousand of them must not cost a thousand connections. 1.3 ms a visit on loopback.
 */
export class Roamer {
  #connection?: Connection
  #turn: Promise<unknown> = Promise.resolve()

  visit<T>(target: Target, look: (db: Executor) => Promise<T>): Promise<T> {
    const visit = this.#turn.then(() => this.#visit(target, look))
    this.#turn = visit.catch(() => {})
    return visit
  }

  async close(): Promise<void> {
    await this.#turn
    await this.#connection?.end().catch(() => {})
  }

  async #visit<T>(target: Target, look: (db: Executor) => Promise<T>): Promise<T> {
    const { host, port, user, password, database } = target
    try {
      if (this.#connection) await this.#connection.changeUser({ user, password, database })
      else this.#connection = await open({ host, port, user, password, database })
      return await look(drizzle(this.#connection as never, { mode: 'planetscale' }) as unknown as Executor)
    } catch (error) {
      this.#connection?.destroy()
      this.#connection = undefined
      throw error
    }
  }
}

async function open(options: mysql.ConnectionOptions): Promise<Connection> {
  const connection = await mysql.createConnection({
    ...options,
    timezone: 'Z',
    charset: 'utf8mb4',
    connectTimeout: 5_000,
  })
  connection.on('error', () => {})
  return connection
}
