import type { Connection } from 'mysql2/promise'
import { createProgress } from '../stack/index.ts'
import type { Platform } from '../stack/platform.ts'
import { addition, clearing, LINES, to } from './basket.ts'
import type { Effort } from './compare.ts'
import type { Request, Result } from './job.ts'
import { startLoader } from './loader.ts'
import { NOISES, noises } from './noise.ts'
import { chooseReads } from './reads.ts'
import { aligned } from './report.ts'
import { fillCatalogue, fillStock, openShop, readProducts, registerCustomers } from './shop.ts'
import { median } from './statistics.ts'

/** Of each of the two shops. */
const PRODUCTS = 5_000
const NOISY_CUSTOMERS = 32
/** Shoppers of the quiet shop, each waiting for an answer before the next request. */
const SHOPPERS = 4
/** For how much of a neighbour's noise a shop may be as much slower. */
const TARGET = 2

type Given = { dir: string; platform: Platform; connection: Connection; effort: Effort }
const PROBES = ['detail', 'list', 'add_to_basket'] as const
type Probe = (typeof PROBES)[number]
type Latency = { p50: number; p95: number }
/** Milliseconds. */
type Latencies = Record<Probe, Latency>
type Heard = Latencies & { turns: number }
export type Neighbours = { quiet: Latencies } & Record<(typeof NOISES)[number], Heard>

const { step } = createProgress()

/**
 * How fast one shop is answered while another of its region is hammered, on one thing after the other.
 * A region that answers in the order of arrival fails this by how many the neighbour sends at once.
 */
export async function measureNeighbours(given: Given): Promise<Neighbours> {
  const { dir, platform, connection, effort } = given
  const open = (name: string) =>
    step(`${name} shop, ${PRODUCTS} products`, async () => {
      const shop = await openShop(platform, name)
      await fillCatalogue(platform, shop, PRODUCTS)
      const products = await readProducts(connection, shop)
      return { shop, products, reads: await chooseReads(shop, products) }
    })
  const quiet = await open('quiet')
  const noisy = await open('noisy')
  await fillStock(connection, quiet.shop, quiet.products.slice(0, LINES * SHOPPERS))
  await fillStock(connection, noisy.shop, noisy.products.slice(0, NOISY_CUSTOMERS))
  const shoppers = await registerCustomers(quiet.shop, SHOPPERS)
  const buyers = await registerCustomers(noisy.shop, NOISY_CUSTOMERS)
  const load = await startLoader(dir)
  const gets = (all: string[]): Request[] => all.map((path) => ({ path }))
  const requests: Record<Probe, Request[]> = {
    detail: gets(quiet.reads.detail.region),
    list: gets(quiet.reads.list.region),
    add_to_basket: Array.from(
      { length: LINES },
      (_, line) => shoppers.map((shopper, n) => addition(shopper, quiet.products[line * SHOPPERS + n]!, 1)),
    ).flat(),
  }
  const probe = async (ms: number): Promise<Record<Probe, Result>> => {
    const results = {} as Record<Probe, Result>
    const send = async (all: Request[], forMs?: number) =>
      await load({ ...await to(quiet.shop), connections: SHOPPERS, requests: all, ms: forMs })
    for (const name of PROBES) {
      if (name === 'add_to_basket') await send(shoppers.map(clearing))
      results[name] = await send(requests[name], ms)
    }
    return results
  }
  const many = async (rounds: number) => {
    const all: Record<Probe, Result>[] = []
    for (let i = 0; i < rounds; i++) all.push(await probe(effort.roundMs / 2))
    return all
  }
  const loud = await noises({
    platform,
    connection,
    load: await startLoader(dir, 'noise', 'any answer'),
    ...noisy,
    customers: buyers,
    searches: noisy.reads.search.region,
  })
  await many(1) // warms up
  const silence: Record<Probe, Result>[] = []
  const heard = {} as Record<(typeof NOISES)[number], Heard>
  for (const name of NOISES) {
    await step(`beside ${name}`, async () => {
      silence.push(...await many(2))
      let isOn = true
      let turns = 0
      const noise = (async () => {
        while (isOn) {
          await loud[name]()
          turns++
        }
      })()
      noise.catch(() => {}) // awaited below
      const results = await many(effort.rounds)
      isOn = false
      await noise
      heard[name] = { ...latencies(results), turns }
    })
  }
  return { quiet: latencies(silence), ...heard }
}

function latencies(results: Record<Probe, Result>[]): Latencies {
  const of = (probe: Probe): Latency => ({
    p50: median(results.map((result) => result[probe].p50)),
    p95: median(results.map((result) => result[probe].p95)),
  })
  return { detail: of('detail'), list: of('list'), add_to_basket: of('add_to_basket') }
}

export function neighboursTable({ quiet, ...heard }: Neighbours): string {
  const ms = ({ p50, p95 }: Latency) => `${p50.toFixed(1)} / ${p95.toFixed(1)}`
  const rows = NOISES.map((name) => [
    name,
    ...PROBES.flatMap((probe) => {
      const { p50, p95 } = ratio(heard[name][probe], quiet[probe])
      return [ms(heard[name][probe]), `${p50.toFixed(1)}× / ${p95.toFixed(1)}×`]
    }),
    worst(heard[name], quiet) <= TARGET ? 'yes' : 'NO',
  ])
  return aligned([
    ['p50 / p95 ms beside', ...PROBES.flatMap((probe) => [probe, 'ratio']), `≤ ${TARGET}×`],
    ['nothing', ...PROBES.flatMap((probe) => [ms(quiet[probe]), '']), ''],
    ...rows,
  ])
}

/** The object of `--json`: milliseconds, and how many times as long as beside nothing. */
export function neighboursJson({ quiet, ...heard }: Neighbours): Record<string, unknown> {
  const round = ({ p50, p95 }: Latency) => ({ p50: Number(p50.toFixed(2)), p95: Number(p95.toFixed(2)) })
  const each = (make: (probe: Probe) => unknown) =>
    Object.fromEntries(PROBES.map((probe) => [probe, make(probe)]))
  return {
    quiet: each((probe) => round(quiet[probe])),
    ...Object.fromEntries(NOISES.map((name) => [
      name,
      each((probe) => ({
        ...round(heard[name][probe]),
        ratio: round(ratio(heard[name][probe], quiet[probe])),
      })),
    ])),
  }
}

const ratio = (loud: Latency, quiet: Latency): Latency => ({
  p50: loud.p50 / quiet.p50,
  p95: loud.p95 / quiet.p95,
})
const worst = (loud: Latencies, quiet: Latencies) =>
  Math.max(...PROBES.flatMap((probe) => Object.values(ratio(loud[probe], quiet[probe]))))
