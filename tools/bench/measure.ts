import type { Connection } from 'mysql2/promise'
import { send } from '../client/http.ts'
import { createProgress } from '../stack/index.ts'
import type { Platform } from '../stack/platform.ts'
import { readRecord } from '../stack/records.ts'
import { addToBasket, clearing, LINES, to } from './basket.ts'
import { checkout, wholeCheckout } from './checkout.ts'
import { alternate, CONNECTIONS, type Effort, figuresOf, type Pids, type Side } from './compare.ts'
import { type Edge, edgeOverhead, type Overhead, startEdge } from './edge-overhead.ts'
import { backlogAfter, eventDelays } from './event-delay.ts'
import { flashSale } from './flash-sale.ts'
import type { FloorSettings } from './floor.ts'
import { makeFloorTables } from './floor-tables.ts'
import { type Loader, startLoader, startTool } from './loader.ts'
import { provisioningTimes } from './provisioning.ts'
import { chooseReads, readDocuments, type Reads } from './reads.ts'
import type { Measured, Report } from './report.ts'
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
import { spentBy } from './statements.ts'
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
  pids: Pids
}

const { step, line } = createProgress()

/** All figures of one run. Throws when anything is answered with an error. */
export async function measure(given: Given): Promise<Report> {
  const scene = await prepare(given)
  const edge = await step('edge on workerd', () => startEdge(given.platform, given.dir))
  const compared = {
    detail: await readFigures(scene, 'product detail', 'detail'),
    list: await readFigures(scene, 'list of 20', 'list'),
    search: await readFigures(scene, 'text search', 'search'),
    add_to_basket: await basketFigures(scene),
    ...await checkoutFigures(scene),
  }
  return {
    compared,
    event_delay_p50_ms: await eventDelay(scene),
    event_backlog_ms: await backlog(scene),
    edge_overhead_p50_ms: await overhead(scene, edge),
    flash_sale_region_rps: await flash(scene),
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
  const load = await startLoader(dir)
  const floorUrl = await step('floor', () => startFloor(given, shop, reads))
  const pids = {
    region: platform.regions.get('all')?.child.pid,
    database: readRecord(dir, 'mariadb').process?.pid,
  }
  return { ...given, load, shop, products, customers, reads, floorPort: Number(new URL(floorUrl).port), pids }
}

/** Its documents are the region's own answers: neither side sends more than the other. */
async function startFloor({ dir, platform, connection }: Given, shop: Shop, reads: Reads): Promise<string> {
  const documents = await readDocuments(connection, shop)
  await makeFloorTables(connection, { documents, customers: CUSTOMERS, variants: PRODUCTS })
  const settings: FloorSettings = { databaseUrl: platform.servers.databaseUrl, connections: CONNECTIONS }
  const url = await startTool(dir, 'floor', { FLOOR: JSON.stringify(settings) })
  for (const { floor: [first] } of Object.values(reads)) await requireRows(url, first!)
  return url
}

/** A floor that finds nothing would be very fast. */
async function requireRows(url: string, path: string): Promise<void> {
  const { status, body } = await send({ url, path })
  if (status !== 200 || body.data?.length === 0) {
    throw new Error(`the floor answers ${path} with ${status} and no rows`)
  }
}

function readFigures(scene: Scene, title: string, name: keyof Reads): Promise<Measured> {
  const { shop, reads, floorPort } = scene
  const get = (paths: string[]) => paths.map((path) => ({ path }))
  return compare(scene, title, (ms) => ({
    region: { job: async () => ({ ...await to(shop), requests: get(reads[name].region), ms }) },
    floor: {
      job: () =>
        Promise.resolve({
          port: floorPort,
          headers: { host: 'floor' },
          connections: CONNECTIONS,
          requests: get(reads[name].floor),
          ms,
        }),
    },
  }))
}

async function basketFigures(scene: Scene): Promise<Measured> {
  const figures = await compare(scene, 'add to basket', (ms) => addToBasket({ ...scene, ms }))
  await scene.load({ ...await to(scene.shop), requests: scene.customers.map(clearing) })
  return figures
}

async function checkoutFigures(
  scene: Scene,
): Promise<Pick<Report['compared'], 'checkout' | 'checkout_settled' | 'whole_checkout'>> {
  const settled: number[] = []
  const { bursts } = scene.effort
  const order = await compare(scene, 'order of a ready basket', () => checkout(scene, settled), bursts)
  // The first of them warmed it up.
  const region = median(settled.slice(1))
  line(`  ${Math.round(region)} orders/s counted until stock and baskets follow`)
  const whole = await compare(scene, 'whole checkout', () => wholeCheckout(scene), bursts)
  return {
    checkout: order,
    checkout_settled: { floor: order.floor, region, ratio: region / order.floor },
    whole_checkout: whole,
  }
}

/** Rounds of so long, or bursts where a number of them is given. */
async function compare(
  scene: Scene,
  title: string,
  sidesFor: (ms: number) => { region: Side; floor: Side },
  bursts?: number,
): Promise<Measured> {
  const { load, pids, effort } = scene
  const rounds = bursts ?? effort.rounds
  const figures = await step(title, async (say) => {
    await alternate(load, 1, sidesFor(effort.warmUpMs), pids, () => say(`${title}, warm`))
    const results = await alternate(
      load,
      rounds,
      sidesFor(effort.roundMs),
      pids,
      (done) => say(`${title}, ${done} of ${rounds} ${bursts ? 'bursts' : 'rounds'}`),
    )
    const figures = figuresOf(results)
    say(`${title}: ${Math.round(figures.region)} of ${Math.round(figures.floor)} a second`)
    return figures
  })
  const { databaseUrl } = scene.platform.servers
  return {
    ...figures,
    spent: await spentBy({ ...scene, databaseUrl }, sidesFor(effort.warmUpMs).region, CUSTOMERS),
  }
}

function eventDelay(scene: Scene): Promise<number> {
  return step('events', async (say) => {
    const { events } = scene.effort
    const delays = await eventDelays(scene, events, (done) => say(`events, ${done} of ${events} orders`))
    say(`events applied after p50 ${median(delays)} ms, p95 ${percentile(delays, 0.95)} ms`)
    return median(delays)
  })
}

function backlog(scene: Scene): Promise<number> {
  return step('events of checkouts at full speed', async (say) => {
    const { orders, behindMs } = await backlogAfter(scene, scene.effort.backlogMs)
    say(
      `events of ${orders} orders in ${scene.effort.backlogMs / 1_000} s: all applied ${
        Math.round(behindMs)
      } ms later`,
    )
    return behindMs
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

/** Requests a second that reach the region. */
function flash(scene: Scene): Promise<number> {
  return step('flash sale', async (say) => {
    const product = scene.products.at(-1)!
    const { wanted, result, reached, seconds } = await flashSale({
      ...scene,
      product,
      ms: scene.effort.flashMs,
    })
    say(
      `flash sale of one product, ${wanted} requests/s wanted, ${
        Math.round(result.perSecond)
      } answered through the edge, ` +
        `p50 ${result.p50.toFixed(1)} ms: ${reached} reached the region in ${seconds} s`,
    )
    return reached / seconds
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
