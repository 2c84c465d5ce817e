import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from 'mysql2/promise'
import { send } from '../client/http.ts'
import { createProgress } from '../stack/index.ts'
import type { Platform } from '../stack/platform.ts'
import { readRecord } from '../stack/records.ts'
import { untilSettled } from './checkout.ts'
import type { Effort, Pids } from './compare.ts'
import { type Cores, withCores } from './cpu.ts'
import { type Loader, startLoader } from './loader.ts'
import { aligned } from './report.ts'
import { activate, type ActiveShop, buyersOf, checkouts, details } from './scale-load.ts'
import { openShop, type Shop } from './shop.ts'
import { median, percentile } from './statistics.ts'
import { type TwoRegions, twoRegions } from './two-regions.ts'

const FEW = 10
/** Of all shops. */
const ACTIVE_SHARE = 0.1
const AT_ONCE = 2
/** The same load, however many shops share it: far from all that the machine can do, so that what waits is counted. */
const DETAILS_PER_S = 150
const CHECKOUT_REQUESTS_PER_S = 30
const CONNECTIONS = 8
/** Of one round: a multiple of the connections, and few enough that their shops' tokens last. */
const BUYERS = 40
const IDLE_MS = 20_000
const COLD_SHOPS = 20
/** Of connections; the default of a region process. */
const CAP = 400
const MAX_SLOWER = 1.2

type Latency = { p50: number; p95: number }
type Stage = {
  shops: number
  active: number
  detail: Latency
  checkout: Latency
  /** Most open at once of this process, all its shops together. */
  connections: number
  rss_mb: number
  /** While nobody asks for anything. */
  idle: Cores
}
export type Scale = {
  few: Stage
  many: Stage
  provisioning: Latency
  cold_shop: Latency
  regions: TwoRegions
}

type Given = { dir: string; platform: Platform; connection: Connection; effort: Effort; shops: number }
type Scene = Given & { load: Loader; pids: Pids }

const { step } = createProgress()

/** One region machine with so many shops, a tenth of which sell, against the same with ten. */
export async function measureScale(given: Given): Promise<Scale> {
  const { dir, platform, connection, effort } = given
  const loads: [Loader, Loader] = [await startLoader(dir), await startLoader(dir, 'load-second')]
  const pids = {
    region: platform.regions.get('all')?.child.pid,
    database: readRecord(dir, 'mariadb').process?.pid,
  }
  const scene: Scene = { ...given, load: loads[0], pids }
  const times: number[] = []
  const shops: Shop[] = await provision(scene, FEW, times)
  const active = await step(`${FEW} shops that sell`, () => activateAll(scene, shops))
  const few = await stage(scene, shops.length, active)
  shops.push(...await provision(scene, given.shops - FEW, times))
  const selling = Math.max(FEW, Math.round(given.shops * ACTIVE_SHARE))
  active.push(
    ...await step(`${selling} shops that sell`, () => activateAll(scene, shops.slice(FEW, selling))),
  )
  const cold = await step('cold shops', () => coldTimes(platform, shops.slice(selling).slice(-COLD_SHOPS)))
  const many = await stage(scene, shops.length, active)
  const regions = await step('two region processes', (say) =>
    twoRegions(
      { platform, dir, connection, loads, active: active.slice(0, 2 * FEW) },
      Math.min(effort.rounds, 4),
      (done) => say(`two region processes, ${done} bursts`),
    ))
  return { few, many, provisioning: latencyOf(times), cold_shop: latencyOf(cold), regions }
}

async function provision({ platform }: Scene, count: number, times: number[]): Promise<Shop[]> {
  return await step(`${count} shops`, async (say) => {
    const shops: Shop[] = []
    let begun = 0
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (begun < count) {
        const started = performance.now()
        shops.push(await openShop(platform, `Scale ${++begun}`))
        times.push(performance.now() - started)
        say(`${shops.length} of ${count} shops`)
      }
    }))
    return shops
  })
}

async function activateAll({ platform, connection }: Scene, shops: Shop[]): Promise<ActiveShop[]> {
  const active: ActiveShop[] = []
  for (const shop of shops) active.push(await activate(platform, connection, shop))
  return active
}

function stage(scene: Scene, shops: number, active: ActiveShop[]): Promise<Stage> {
  const { platform, connection, load, effort, pids } = scene
  const port = Number(new URL(platform.regionUrl).port)
  return step(`${shops} shops, ${active.length} of them selling`, async () => {
    let connections = 0
    let isWatching = true
    const watching = (async () => {
      while (isWatching) {
        connections = Math.max(connections, (await ready(platform)).pools.open)
        await sleep(250)
      }
    })()
    const found = { detail: [] as Latency[], checkout: [] as Latency[] }
    for (let round = 0; round <= effort.rounds; round++) {
      const job = { port, headers: {}, connections: CONNECTIONS }
      const reading = await load({
        ...job,
        requests: await details(active),
        ms: effort.roundMs,
        perSecond: DETAILS_PER_S,
      })
      const buying = await load({
        ...job,
        requests: await checkouts(connection, load, buyersOf(active, BUYERS, round), CONNECTIONS, port),
        perSecond: CHECKOUT_REQUESTS_PER_S,
      })
      for (const { shop } of active) await untilSettled(connection, shop)
      if (round === 0) continue // warms up
      found.detail.push(reading)
      found.checkout.push(buying)
    }
    isWatching = false
    await watching
    const { memory } = await ready(platform)
    const { cores: idle } = await withCores(pids, () => sleep(IDLE_MS))
    return {
      shops,
      active: active.length,
      detail: medianOf(found.detail),
      checkout: medianOf(found.checkout),
      connections,
      rss_mb: memory.rss / 1e6,
      idle,
    }
  })
}

/** Milliseconds to the first answer of shops that were never asked for anything. */
async function coldTimes(platform: Platform, shops: Shop[]): Promise<number[]> {
  const times: number[] = []
  for (const shop of shops) {
    const headers = await shop.headers()
    const started = performance.now()
    const { status } = await send({ url: platform.regionUrl, path: '/v1/products', headers })
    times.push(performance.now() - started)
    if (status !== 200) throw new Error(`a cold shop answered ${status}`)
  }
  return times
}

async function ready(platform: Platform): Promise<{ pools: { open: number }; memory: { rss: number } }> {
  const headers = { authorization: `Bearer ${platform.servers.secrets.OPERATOR_TOKEN}` }
  return (await send({ url: platform.regionUrl, path: '/ready', headers })).body
}

const latencyOf = (times: number[]): Latency => ({ p50: median(times), p95: percentile(times, 0.95) })
const medianOf = (all: Latency[]): Latency => ({
  p50: median(all.map(({ p50 }) => p50)),
  p95: median(all.map(({ p95 }) => p95)),
})

export function scaleTable({ few, many, provisioning, cold_shop, regions }: Scale): string {
  const ms = ({ p50, p95 }: Latency) => `${p50.toFixed(1)} / ${p95.toFixed(1)} ms`
  const against = (key: 'detail' | 'checkout') => {
    const [p50, p95] = [many[key].p50 / few[key].p50, many[key].p95 / few[key].p95]
    return [
      `${p50.toFixed(2)}× / ${p95.toFixed(2)}×`,
      `≤ ${MAX_SLOWER}×`,
      holds(Math.max(p50, p95) <= MAX_SLOWER),
    ]
  }
  const cores = ({ region, database }: Cores) =>
    `${(region * 100).toFixed(1)} %, ${(database * 100).toFixed(1)} %`
  const stages = aligned([
    [
      '',
      `${few.shops} shops, ${few.active} selling`,
      `${many.shops} shops, ${many.active} selling`,
      'against',
      'target',
      'holds',
    ],
    ['detail, p50 / p95', ms(few.detail), ms(many.detail), ...against('detail')],
    ['request of a checkout, p50 / p95', ms(few.checkout), ms(many.checkout), ...against('checkout')],
    [
      'connections to the database, at most',
      String(few.connections),
      String(many.connections),
      '',
      `≤ ${CAP}`,
      holds(many.connections <= CAP),
    ],
    ['region memory', `${few.rss_mb.toFixed(0)} MB`, `${many.rss_mb.toFixed(0)} MB`, '', '', ''],
    ['while nobody asks: region, database, of a core', cores(few.idle), cores(many.idle), '', '', ''],
  ])
  const others = aligned([
    ['', 'measured', ''],
    ['a shop made, p50 / p95', ms(provisioning), `${AT_ONCE} at a time`],
    ['cold shop to its first answer, p50 / p95', ms(cold_shop), ''],
    ['whole checkouts a second, one region process', regions.one.toFixed(0), ''],
    ['two region processes', regions.two.toFixed(0), `${(regions.two / regions.one).toFixed(2)}×`],
    [
      `of ${regions.ordered} orders lost`,
      regions.lost.length === 0 ? 'nothing' : regions.lost.join('; '),
      '',
    ],
  ])
  return `${stages}\n\n${others}`
}

/** The object of `--json`: milliseconds, decimal megabytes, cores. */
export function scaleJson({ regions, ...rest }: Scale): Record<string, unknown> {
  const rounded = (value: unknown): unknown =>
    typeof value === 'number'
      ? Number(value.toFixed(3))
      : Array.isArray(value)
      ? value
      : value && typeof value === 'object'
      ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)]))
      : value
  return rounded({
    ...rest,
    two_regions: {
      one_rps: regions.one,
      two_rps: regions.two,
      ratio: regions.two / regions.one,
      ordered: regions.ordered,
      lost: regions.lost,
    },
  }) as Record<string, unknown>
}

const holds = (is: boolean) => is ? 'yes' : 'NO'
