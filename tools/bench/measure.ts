import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Connection } from 'mysql2/promise'
import { send } from '../client/http.ts'
import { createProgress } from '../stack/index.ts'
import type { Platform } from '../stack/platform.ts'
import { addToBasket, clearing, LINES, to } from './basket.ts'
import { checkout } from './checkout.ts'
import { alternate, CONNECTIONS, type Effort, type Figures, figuresOf, type Side } from './compare.ts'
import { type Edge, edgeOverhead, type Overhead, startEdge } from './edge-overhead.ts'
import { eventDelays } from './event-delay.ts'
import type { FloorSettings } from './floor.ts'
import { makeFloorTables } from './floor-tables.ts'
import { type Loader, startLoader, startTool } from './loader.ts'
import { provisioningTimes } from './provisioning.ts'
import { chooseReads, pathsOf } from './reads.ts'
import type { Report } from './report.ts'
import {
  type Customer,
  fillCatalogue,
  fillStock,
  openShop,
  type Product,
  readProducts,
  registerCustomers,
  type Shop,
} from './shop.ts'
import type { Reads } from './statements.ts'
import { median, percentile } from './statistics.ts'

const PRODUCTS = 10_000
/** A multiple of the connections, so that no customer sends two requests at once. */
const CUSTOMERS = 2 * CONNECTIONS

type Given = { dir: string; platform: Platform; connection: Connection; effort: Effort }
type Scene = Given & {
  load: Loader
  shop: Shop
  products: Product[]
  customers: Customer[]
  reads: Reads
  floorPort: number
}

const { step, line } = createProgress()

/** All figures of one run. Throws when anything is answered with an error. */
export async function measure(given: Given): Promise<Report> {
  const scene = await prepare(given)
  const edge = await step('edge on workerd', () => startEdge(given.platform, given.dir))
  const { detail, list, search } = await readFigures(scene)
  return {
    detail,
    list,
    search,
    add_to_basket: await basketFigures(scene),
    checkout: await checkoutFigures(scene),
    event_delay_p50_ms: await eventDelay(scene),
    edge_overhead_p50_ms: await overhead(scene, edge),
    provisioning_p95_ms: await provisioning(scene, edge),
    region_rss_mb: await memory(scene),
    edge_bundle_gzip_kb: edge.gzipKb,
  }
}

async function prepare(given: Given): Promise<Scene> {
  const { dir, platform, connection } = given
  const shop = await step('provision a shop', () => openShop(platform))
  await step(`${PRODUCTS} products`, () => fillCatalogue(platform, shop, PRODUCTS))
  const products = await readProducts(connection, shop)
  await fillStock(connection, shop, products.slice(0, LINES * CUSTOMERS))
  const customers = await step(`${CUSTOMERS} customers`, () => registerCustomers(shop, CUSTOMERS))
  const reads = await step('choose what to ask for', () => chooseReads(shop, products))
  await makeFloorTables(connection, { customers: CUSTOMERS, variants: PRODUCTS })
  const load = await startLoader(dir)
  const floorUrl = await step('floor', () => startFloor(given, shop, reads))
  return { ...given, load, shop, products, customers, reads, floorPort: Number(new URL(floorUrl).port) }
}

async function startFloor({ dir, platform }: Given, shop: Shop, reads: Reads): Promise<string> {
  const path = join(dir, 'reads.json')
  writeFileSync(path, JSON.stringify(reads))
  const settings: FloorSettings = {
    databaseUrl: platform.servers.databaseUrl,
    catalogue: shop.database('products'),
    reads: path,
    connections: CONNECTIONS,
  }
  const url = await startTool(dir, 'floor', { FLOOR: JSON.stringify(settings) })
  for (const name of Object.keys(reads)) await requireRows(url, `/${name}/0`)
  return url
}

/** A floor that finds nothing would be very fast. */
async function requireRows(url: string, path: string): Promise<void> {
  const { status, body } = await send({ url, path })
  if (status !== 200 || body.length === 0) {
    throw new Error(`the floor answers ${path} with ${status} and no rows`)
  }
}

async function readFigures(scene: Scene): Promise<Record<keyof Reads, Figures>> {
  const { shop, reads, floorPort, effort } = scene
  const paths = pathsOf(reads)
  const sides = (name: keyof Reads, ms: number) => ({
    region: { job: async () => ({ ...await to(shop), requests: paths[name].map((path) => ({ path })), ms }) },
    floor: {
      job: () =>
        Promise.resolve({
          port: floorPort,
          headers: { host: 'floor' },
          connections: CONNECTIONS,
          requests: paths[name].map((_, n) => ({ path: `/${name}/${n}` })),
          ms,
        }),
    },
  })
  const figures = (title: string, name: keyof Reads) =>
    compare(scene, title, sides(name, effort.warmUpMs), sides(name, effort.roundMs), effort.rounds)
  return {
    detail: await figures('product detail', 'detail'),
    list: await figures('list of 20', 'list'),
    search: await figures('text search', 'search'),
  }
}

async function basketFigures(scene: Scene): Promise<Figures> {
  const { effort } = scene
  const sides = (ms: number) => addToBasket({ ...scene, ms })
  const figures = await compare(
    scene,
    'add to basket',
    sides(effort.warmUpMs),
    sides(effort.roundMs),
    effort.rounds,
  )
  await scene.load({ ...await to(scene.shop), requests: scene.customers.map(clearing) })
  return figures
}

async function checkoutFigures(scene: Scene): Promise<Figures> {
  const settled: number[] = []
  const figures = await compare(
    scene,
    'checkout',
    checkout(scene, []),
    checkout(scene, settled),
    scene.effort.bursts,
  )
  line(`  ${Math.round(median(settled))} orders/s counted until stock and baskets follow`)
  return figures
}

type Sides = { region: Side; floor: Side }

function compare(
  { load }: Scene,
  title: string,
  warmUp: Sides,
  sides: Sides,
  rounds: number,
): Promise<Figures> {
  return step(title, async (say) => {
    await alternate(load, 1, warmUp, () => say(`${title}, warm`))
    const results = await alternate(
      load,
      rounds,
      sides,
      (done) => say(`${title}, ${done} of ${rounds} rounds`),
    )
    const figures = figuresOf(results)
    say(`${title}: ${Math.round(figures.region)} of ${Math.round(figures.floor)} requests/s`)
    return figures
  })
}

function eventDelay(scene: Scene): Promise<number> {
  return step('events', async (say) => {
    const { events } = scene.effort
    const delays = await eventDelays(scene, events, (done) => say(`events, ${done} of ${events} orders`))
    say(`events applied after p50 ${median(delays)} ms, p95 ${percentile(delays, 0.95)} ms`)
    return median(delays)
  })
}

/** The larger of the two. */
function overhead({ load, shop, customers, products, effort }: Scene, edge: Edge): Promise<number> {
  return step('edge overhead', async (say) => {
    const all = await edgeOverhead(load, edge, shop, customers[0]!, products[0]!, effort)
    const text = ({ what, direct, viaEdge }: Overhead) =>
      `${what} ${direct.toFixed(2)} → ${viaEdge.toFixed(2)} ms`
    say(`edge, p50: ${all.map(text).join(', ')}`)
    return Math.max(...all.map(({ direct, viaEdge }) => viaEdge - direct))
  })
}

function provisioning({ platform, effort }: Scene, edge: Edge): Promise<number> {
  return step('provisioning', async (say) => {
    const { shops } = effort
    const times = await provisioningTimes(
      platform,
      edge,
      shops,
      (done) => say(`provisioning, ${done} of ${shops} shops`),
    )
    const p95 = percentile(times, 0.95)
    say(`${shops} shops: p50 ${Math.round(median(times))} ms, p95 ${Math.round(p95)} ms`)
    return p95
  })
}

/** Megabytes, after everything above. */
async function memory({ platform }: Scene): Promise<number> {
  const headers = { authorization: `Bearer ${platform.servers.secrets.OPERATOR_TOKEN}` }
  const { body } = await send({ url: platform.regionUrl, path: '/ready', headers })
  return body.memory.rss / 1e6
}
