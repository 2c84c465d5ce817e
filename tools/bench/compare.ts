import { setTimeout as sleep } from 'node:timers/promises'
import { type Cores, withCores } from './cpu.ts'
import type { Job, Result } from './job.ts'
import type { Loader } from './loader.ts'
import { median } from './statistics.ts'

/** `--quick` shortens all of it, and what it says is worth as much less. */
export type Effort = {
  rounds: number
  roundMs: number
  warmUpMs: number
  bursts: number
  shops: number
  events: number
  /** Of checkouts, before it is looked how far behind their events are. */
  backlogMs: number
  flashMs: number
}
export const THOROUGH: Effort = {
  rounds: 5,
  roundMs: 3_000,
  warmUpMs: 2_000,
  bursts: 16,
  shops: 20,
  events: 40,
  backlogMs: 60_000,
  flashMs: 20_000,
}
export const QUICK: Effort = {
  rounds: 3,
  roundMs: 1_000,
  warmUpMs: 500,
  bursts: 4,
  shops: 5,
  events: 10,
  backlogMs: 5_000,
  flashMs: 5_000,
}

/** Events of a round are published and written down after its last answer. */
const REST_MS = 250
/** As many buyers at once. */
export const CONNECTIONS = 32

export type Side = {
  /** Requests that make one of what is counted; default 1. */
  requestsEach?: number
  /** Once before each round, unmeasured. */
  prepare?: () => Promise<void>
  job: (round: number) => Promise<Job>
}
export type Pids = { region?: number; database?: number }
/** `perSecond` is of what is counted, whatever requests that takes. */
export type Comparison = { region: (Result & { cores: Cores })[]; floor: Result[] }

/** Region and floor by turns, `rounds` each, so that what the machine does meanwhile hits both alike. */
export async function alternate(
  load: Loader,
  rounds: number,
  sides: { region: Side; floor: Side },
  pids: Pids,
  say: (done: number) => void,
): Promise<Comparison> {
  const results: Comparison = { region: [], floor: [] }
  for (let round = 0; round < rounds; round++) {
    for (const name of ['region', 'floor'] as const) {
      const side = sides[name]
      await side.prepare?.()
      await sleep(REST_MS)
      const job = await side.job(round)
      const { result, cores } = await withCores(pids, () => load(job))
      results[name].push({ ...result, perSecond: result.perSecond / (side.requestsEach ?? 1), cores })
    }
    say(round + 1)
  }
  return results
}

export type Figures = {
  region: number
  floor: number
  ratio: number
  /** Lowest and highest ratio of a round's pair: what the machine's noise is worth. */
  spread: [number, number]
  /** Of the region, milliseconds. */
  p50: number
  p95: number
  p99: number
  /** Of the region's rounds. */
  cores: Cores
}

export function figuresOf({ region, floor }: Comparison): Figures {
  const rate = (results: Result[]) => median(results.map((result) => result.perSecond))
  const pairs = region.map((result, i) => result.perSecond / floor[i]!.perSecond)
  return {
    region: rate(region),
    floor: rate(floor),
    ratio: rate(region) / rate(floor),
    spread: [Math.min(...pairs), Math.max(...pairs)],
    p50: median(region.map((result) => result.p50)),
    p95: median(region.map((result) => result.p95)),
    p99: median(region.map((result) => result.p99)),
    cores: {
      region: median(region.map(({ cores }) => cores.region)),
      database: median(region.map(({ cores }) => cores.database)),
    },
  }
}
