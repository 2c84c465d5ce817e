import process from 'node:process'
import { sql } from 'drizzle-orm'
import type { Databases } from '../db/databases.ts'
import type { Pools } from '../db/pools.ts'
import type { Broker } from '../events/broker.ts'

const PING_LIMIT_MS = 2_000

/** The process runs and answers: all that a supervisor needs to know. */
export const health = (): Response => json({ status: 'ok' })

/**
 * Whether work may be sent here: 503 while the database is away. The broker may be: events wait in their outboxes.
 * Memory is in bytes.
 */
export async function readiness(
  means: { databases: Databases; pools: Pools; broker: Broker },
): Promise<Response> {
  const hasDatabase = await ping(means.databases)
  const body = {
    status: hasDatabase ? 'ok' : 'unavailable',
    database: hasDatabase ? 'up' : 'down',
    broker: means.broker.isUp ? 'up' : 'down',
    pools: means.pools.figures,
    memory: { rss: process.memoryUsage().rss },
  }
  return json(body, hasDatabase ? 200 : 503)
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
