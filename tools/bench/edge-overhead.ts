import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { startMiniflare } from '../stack/edge.ts'
import { freePort } from '../stack/index.ts'
import { edgeEnv, type Platform } from '../stack/platform.ts'
import type { Effort } from './compare.ts'
import type { Request } from './job.ts'
import type { Loader } from './loader.ts'
import type { Customer, Product, Shop } from './shop.ts'
import { median } from './statistics.ts'

/** Nothing waits for anything else: the difference is the edge's own. */
const CONNECTIONS = 1
const UNLIMITED = 100_000_000

export type Edge = { port: number; gzipKb: number }

/** The deployed bundle on workerd, before the same region. */
export async function startEdge(platform: Platform, dir: string): Promise<Edge> {
  const port = await freePort()
  const env = edgeEnv(platform.servers.secrets.PLATFORM_SECRET, platform.regionUrl, platform.regionUrl)
  await startMiniflare({ dir, port, env, requestsPerMinute: UNLIMITED })
  return { port, gzipKb: gzipSync(readFileSync(join(dir, 'edge-bundle', 'index.js'))).length / 1_000 }
}

export type Overhead = { what: string; direct: number; viaEdge: number }

/** Medians of p50 in milliseconds, by turns with and without the edge: a private answer, and a public one past the cache. */
export async function edgeOverhead(
  load: Loader,
  edge: Edge,
  shop: Shop,
  customer: Customer,
  product: Product,
  effort: Effort,
): Promise<Overhead[]> {
  const reads: { what: string; request: Request }[] = [
    { what: 'basket', request: { path: '/v1/baskets/current', headers: customer.headers } },
    // Whoever holds a basket is never answered from the cache.
    {
      what: 'product',
      request: { path: `/v1/products/${product.slug}`, headers: { 'basket-token': 'bench' } },
    },
  ]
  const overheads: Overhead[] = []
  for (const { what, request } of reads) {
    const p50 = async (port: number, headers: Record<string, string>, ms: number) =>
      (await load({ port, headers, connections: CONNECTIONS, requests: [request], ms })).p50
    const direct: number[] = []
    const viaEdge: number[] = []
    for (let round = -1; round < effort.rounds; round++) {
      const ms = effort.roundMs / 2
      const pair = [
        await p50(shop.port, await shop.headers(), ms),
        await p50(edge.port, { host: shop.tenant.domain }, ms),
      ] as const
      if (round < 0) continue // warms up
      direct.push(pair[0])
      viaEdge.push(pair[1])
    }
    overheads.push({ what, direct: median(direct), viaEdge: median(viaEdge) })
  }
  return overheads
}
