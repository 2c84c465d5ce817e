import { count, inArray } from 'drizzle-orm'
import { Problem } from '../../../shared/errors/problem.ts'
import type { ShopQueue } from '../../../shared/events/shop-broker.ts'
import type { Ctx } from '../needs.ts'
import { failedMessages } from '../schema.ts'
import type { Queue } from '../shapes/queue.ts'

type Counts = Map<string, { failed: number; retrying: number }>

/**
 * Every consumer of this shop's events, by name. The stream carries other shops' events too, so its own figures
 * (pending, redelivered) stay out: only what concerns this shop is told. Throws `unavailable` without the broker.
 */
export async function listQueues(ctx: Ctx): Promise<{ data: Queue[] }> {
  const [queues, counts] = await Promise.all([ctx.broker.queues(), failures(ctx)])
  const data = queues.map((queue) => show(queue, counts, ctx.now()))
  return { data: data.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

/** Throws `not_found`. */
export async function getQueue(ctx: Ctx, name: string): Promise<Queue> {
  const { data } = await listQueues(ctx)
  const queue = data.find((each) => each.name === name)
  if (!queue) throw new Problem('not_found')
  return queue
}

async function failures(ctx: Ctx): Promise<Counts> {
  const rows = await ctx.db
    .select({ consumer: failedMessages.consumer, status: failedMessages.status, count: count() })
    .from(failedMessages)
    .where(inArray(failedMessages.status, ['failed', 'retrying']))
    .groupBy(failedMessages.consumer, failedMessages.status)
  const counts: Counts = new Map()
  for (const row of rows) {
    const known = counts.get(row.consumer) ?? { failed: 0, retrying: 0 }
    counts.set(row.consumer, { ...known, [row.status]: row.count })
  }
  return counts
}

const show = ({ name, event_type, kept, waiting_since }: ShopQueue, counts: Counts, now: Date): Queue => ({
  name,
  event_type,
  kept,
  waiting_since: waiting_since?.toISOString() ?? null,
  lag_ms: waiting_since ? Math.max(0, now.getTime() - waiting_since.getTime()) : 0,
  failed: 0,
  retrying: 0,
  ...counts.get(name),
})
