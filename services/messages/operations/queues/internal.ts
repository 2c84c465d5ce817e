import { count, inArray } from 'drizzle-orm'
import type { ShopQueue } from '../../../../shared/events/shop-broker.ts'
import type { Ctx } from '../../needs.ts'
import { failedMessages } from '../../schema.ts'
import type { AdminQueue } from '../../shapes/queue.ts'

export type Counts = Map<string, { failed: number; retrying: number }>

/** Of this shop, by consumer. */
export async function failuresByConsumer(ctx: Ctx): Promise<Counts> {
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

export const showQueue = (
  { name, event_type, kept, waiting_since }: ShopQueue,
  counts: Counts,
  now: Date,
): AdminQueue => ({
  name,
  event_type,
  kept,
  waiting_since: waiting_since?.toISOString() ?? null,
  lag_ms: waiting_since ? Math.max(0, now.getTime() - waiting_since.getTime()) : 0,
  failed: 0,
  retrying: 0,
  ...counts.get(name),
})
