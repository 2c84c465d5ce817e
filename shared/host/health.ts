import process from 'node:process'
import { sql } from 'drizzle-orm'
import type { Databases } from '../db/databases.ts'
import type { Pools } from '../db/pools.ts'
import type { Broker } from '../events/broker.ts'
import { sameSecret } from '../kernel/secrets.ts'

const PING_LIMIT_MS = 2_000
/** However often it is asked for, the database is asked once in this time. */
const PING_KEPT_MS = 500

/** The process runs and answers: all that a supervisor needs to know. */
export const health = (): Response => json({ status: 'ok' })

/**
 * Whether work may be sent here: 503 while the database is away. The broker may be: events wait in their outboxes.
 * Whoever isn't the operator learns just that; the operator's token shows the parts, memory in bytes.
 */
export class Readiness {
  readonly #means: { databases: Databases; pools: Pools; broker: Broker; operatorToken: string }
  #pinged?: { at: number; answer: Promise<boolean> }

  constructor(means: { databases: Databases; pools: Pools; broker: Broker; operatorToken: string }) {
    this.#means = means
  }

  /** `bearer` is the token that came with the request. */
  async answer(bearer: string | undefined): Promise<Response> {
    const { broker, pools, operatorToken } = this.#means
    const hasDatabase = await this.#ping()
    const status = hasDatabase ? 'ok' : 'unavailable'
    const isOperator = bearer !== undefined && sameSecret(bearer, operatorToken)
    const parts = isOperator && {
      database: hasDatabase ? 'up' : 'down',
      broker: broker.isUp ? 'up' : 'down',
      pools: pools.figures,
      memory: { rss: process.memoryUsage().rss },
    }
    return json({ status, ...parts }, hasDatabase ? 200 : 503)
  }

  #ping(): Promise<boolean> {
    const now = performance.now()
    if (!this.#pinged || now - this.#pinged.at > PING_KEPT_MS) {
      this.#pinged = { at: now, answer: ping(this.#means.databases) }
    }
    return this.#pinged.answer
  }
}

async function ping(databases: Databases): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), PING_LIMIT_MS))
  const answered = databases.platform().executor.execute(sql`select 1`).then(() => true, () => false)
  try {
    return await Promise.race([answered, late])
  } finally {
    clearTimeout(timer)
  }
}

const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  })
