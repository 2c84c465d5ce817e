import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection, RowDataPacket } from 'mysql2/promise'
import { userName } from '../../shared/db/databases.ts'
import type { Side } from './compare.ts'
import type { Loader } from './loader.ts'
import type { Shop } from './shop.ts'
import { type Count, countsOf, StatementLog } from './statement-log.ts'

/** Of one: for its answer, and because of it by what nobody waits for, at the speed of a burst. */
export type Spent = { before: Count; after: Count }

const SERVICES = ['auth', 'products', 'baskets', 'orders']
const MARKED_WITHIN_MS = 10_000

/**
 * What the region sends to the database for each of `count`, over one round of `side` that isn't timed. Undefined where
 * the server lets us keep no log.
 */
export async function spentBy(
  parts: { databaseUrl: string; connection: Connection; shop: Shop; load: Loader },
  side: Side,
  count: number,
): Promise<Spent | undefined> {
  const { databaseUrl, connection, shop, load } = parts
  await side.prepare?.()
  const job = await side.job(0)
  await untilMarked(connection, shop)
  const log = await StatementLog.open(databaseUrl).catch(() => undefined)
  if (!log) return undefined
  try {
    await load({ ...job, requests: job.requests.slice(0, count * (side.requestsEach ?? 1)), ms: undefined })
    await untilMarked(connection, shop)
    const users = new Set(SERVICES.map((service) => userName(shop.database(service))))
    // Answers come all the time: what is done after one is told by what it does.
    const { before, after } = countsOf((await log.read()).filter(({ user }) => users.has(user)), Infinity)
    const each = ({ statements, commits }: Count) => ({
      statements: statements / count,
      commits: commits / count,
    })
    return { before: each(before), after: each(after) }
  } finally {
    await log.close()
  }
}

/** Nothing is left to publish, and nothing that consumers would still do. */
async function untilMarked(connection: Connection, shop: Shop): Promise<void> {
  const until = Date.now() + MARKED_WITHIN_MS
  let before = -1
  while (Date.now() < until) {
    const databases = SERVICES.map((service) => shop.database(service))
    const [[row]] = await connection.query<RowDataPacket[]>(
      `SELECT ${
        SERVICES.map(() => '(SELECT COUNT(*) FROM ??.outbox WHERE published_at IS NULL)').join(' + ')
      } AS waiting,
        ${SERVICES.map(() => '(SELECT COUNT(*) FROM ??.inbox)').join(' + ')} AS applied`,
      [...databases, ...databases],
    )
    if (Number(row!.waiting) === 0 && Number(row!.applied) === before) return
    before = Number(row!.applied)
    await sleep(300)
  }
  throw new Error(`events are not published after ${MARKED_WITHIN_MS / 1_000} s`)
}
