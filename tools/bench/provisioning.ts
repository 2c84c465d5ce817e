import { setTimeout as sleep } from 'node:timers/promises'
import { send } from '../client/http.ts'
import type { Platform } from '../stack/platform.ts'
import type { Edge } from './edge-overhead.ts'
import { createShop } from './shop.ts'

const ANSWERS_WITHIN_MS = 10_000

/** Milliseconds from the order of a shop until its domain answers a product list through the edge, one shop after the other. */
export async function provisioningTimes(
  platform: Platform,
  edge: Edge,
  count: number,
  say: (done: number) => void,
): Promise<number[]> {
  const times: number[] = []
  for (let n = 1; n <= count; n++) {
    const started = performance.now()
    const { domain } = await createShop(platform, `Bench ${n}`)
    await untilAnswering(edge, domain)
    times.push(performance.now() - started)
    say(n)
  }
  return times
}

async function untilAnswering(edge: Edge, host: string): Promise<void> {
  const until = Date.now() + ANSWERS_WITHIN_MS
  let last = 0
  while (Date.now() < until) {
    const { status } = await send({ url: `http://127.0.0.1:${edge.port}`, host, path: '/v1/products' })
    if (status === 200) return
    last = status
    await sleep(10)
  }
  throw new Error(
    `${host} answers ${last} through the edge ${ANSWERS_WITHIN_MS / 1000} s after it became active`,
  )
}
