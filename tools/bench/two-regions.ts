import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from 'mysql2/promise'
import { freePort } from '../stack/index.ts'
import type { Platform } from '../stack/platform.ts'
import { startRegion } from '../stack/region.ts'
import { untilSettled } from './checkout.ts'
import type { Loader } from './loader.ts'
import { type ActiveShop, buyersOf, checkouts, orderCount, type Sold, soldBy, UNITS } from './scale-load.ts'
import { median } from './statistics.ts'

const CONNECTIONS = 16
/** Of a burst. */
const BUYERS = 2 * CONNECTIONS
/** What is left of the server's when the first process has all of its own. */
const SECOND_CAP = 150

export type TwoRegions = { one: number; two: number; ordered: number; lost: string[] }

/**
 * Whole checkouts a second of one region process and of two on the same servers, by turns; `lost` says what was
 * answered and isn't there in the end.
 */
export async function twoRegions(
  parts: {
    platform: Platform
    dir: string
    connection: Connection
    loads: [Loader, Loader]
    active: ActiveShop[]
  },
  bursts: number,
  say: (done: number) => void,
): Promise<TwoRegions> {
  const { platform, dir, connection, loads, active } = parts
  const first = Number(new URL(platform.regionUrl).port)
  const port = await freePort()
  const second = await startRegion({
    dir,
    name: 'region-second',
    port,
    env: {
      PLATFORM_SECRET: platform.servers.secrets.PLATFORM_SECRET,
      OPERATOR_TOKEN: platform.servers.secrets.OPERATOR_TOKEN,
      WEBHOOK_SECRET: platform.servers.secrets.WEBHOOK_SECRET,
      DATABASE_URL: platform.servers.databaseUrl,
      NATS_URL: platform.servers.natsUrl,
      MAX_CONNECTIONS: String(SECOND_CAP),
      LOG_LEVEL: 'warn',
    },
  })
  try {
    const before = await soldBy(connection, active)
    const rates = { one: [] as number[], two: [] as number[] }
    let ordered = 0
    // The first of both warms up.
    for (let burst = 0; burst <= bursts; burst++) {
      for (const kind of ['one', 'two'] as const) {
        const requests = await checkouts(
          connection,
          loads[0],
          buyersOf(active, BUYERS, burst),
          CONNECTIONS,
          first,
        )
        const orders = orderCount(requests)
        const half = CONNECTIONS / 2
        const jobs = kind === 'one'
          ? [{ port: first, headers: {}, connections: CONNECTIONS, requests }]
          : [0, 1].map((which) => ({
            port: which === 0 ? first : port,
            headers: {},
            connections: half,
            // Every buyer stays with one connection, in either half.
            requests: requests.filter((_, i) => Math.floor(i % CONNECTIONS / half) === which),
          }))
        const begun = performance.now()
        await Promise.all(jobs.map((job, which) => loads[which]!(job)))
        if (burst > 0) rates[kind].push(orders / (performance.now() - begun) * 1_000)
        ordered += orders
        for (const { shop } of active) await untilSettled(connection, shop)
      }
      say(burst)
    }
    const lost = await lostOf(connection, active, before, ordered)
    return { one: median(rates.one), two: median(rates.two), ordered, lost }
  } finally {
    await second.stop()
  }
}

const PUBLISHED_WITHIN_MS = 20_000

async function lostOf(
  connection: Connection,
  active: ActiveShop[],
  before: Sold,
  ordered: number,
): Promise<string[]> {
  const until = Date.now() + PUBLISHED_WITHIN_MS
  let now = await soldBy(connection, active)
  while (now.unpublished > 0 && Date.now() < until) {
    await sleep(200)
    now = await soldBy(connection, active)
  }
  const [orders, units] = [now.orders - before.orders, before.stock - now.stock]
  return [
    orders !== ordered && `${ordered} orders were answered, ${orders} are there`,
    units !== ordered * UNITS && `${ordered * UNITS} units were ordered, ${units} have left the stock`,
    now.held !== 0 && `${now.held} reservations are still held`,
    now.unpublished !== 0 && `${now.unpublished} events are not published`,
  ].filter((each) => each !== false)
}
