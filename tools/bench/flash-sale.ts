import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startMiniflare } from '../stack/edge.ts'
import { freePort } from '../stack/index.ts'
import { edgeEnv, type Platform } from '../stack/platform.ts'
import type { Result } from './job.ts'
import type { Loader } from './loader.ts'
import type { Product, Shop } from './shop.ts'

const PER_SECOND = 2_000
const CONNECTIONS = 32
const UNLIMITED = 100_000_000

export type FlashSale = {
  /** Asked for, each second. */
  wanted: number
  result: Result
  /** Requests that the region got for it, look-ups of the shop among them. */
  reached: number
  seconds: number
}

/** Everybody opens one product, through an edge of its own whose region is counted on the way. */
export async function flashSale(
  parts: { platform: Platform; dir: string; load: Loader; shop: Shop; product: Product; ms: number },
): Promise<FlashSale> {
  const { platform, dir, load, shop, product, ms } = parts
  const counting = await countingRegion(platform.regionUrl)
  const port = await freePort()
  const env = edgeEnv(platform.servers.secrets.PLATFORM_SECRET, counting.url, counting.url)
  const edge = await startMiniflare({ dir, port, env, name: 'edge-flash', requestsPerMinute: UNLIMITED })
  try {
    counting.reset()
    const result = await load({
      port,
      headers: { host: shop.tenant.domain },
      connections: CONNECTIONS,
      requests: [{ path: `/v1/products/${product.slug}` }],
      ms,
      perSecond: PER_SECOND,
    })
    return { wanted: PER_SECOND, result, reached: counting.count(), seconds: ms / 1_000 }
  } finally {
    await edge.stop()
    counting.close()
  }
}

/** Passes all on to the region as it is, and counts it. */
async function countingRegion(regionUrl: string) {
  const { hostname, port } = new URL(regionUrl)
  let count = 0
  const server = createServer((incoming, outgoing) => {
    count++
    const { method, url: path, headers } = incoming
    const passed = httpRequest({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
    })
    passed.on('error', () => outgoing.destroy())
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => count,
    reset: () => count = 0,
    close: () => void server.close(),
  }
}
