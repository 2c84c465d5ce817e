import type { Ctx } from '../../needs.ts'
import type { AdminQueue } from '../../shapes/queue.ts'
import { failuresByConsumer, showQueue } from './internal.ts'

/**
 * Every consumer of this shop's events, by name. The stream carries other shops' events too, so its own figures
 * (pending, redelivered) stay out: only what concerns this shop is told. Throws `unavailable` without the broker.
 */
export async function adminListQueues(ctx: Ctx): Promise<{ data: AdminQueue[] }> {
  const [queues, counts] = await Promise.all([ctx.broker.queues(), failuresByConsumer(ctx)])
  const data = queues.map((queue) => showQueue(queue, counts, ctx.now()))
  return { data: data.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}
