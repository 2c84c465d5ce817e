import { affectedRows, arg, type Executor, prepared } from '../db/database.ts'
import { inbox } from '../db/tables.ts'

const insert = prepared((db) =>
  db.insert(inbox).ignore().values({
    consumer: arg(inbox.consumer, 'consumer'),
    event_id: arg(inbox.event_id, 'event_id'),
    applied_at: arg(inbox.applied_at, 'applied_at'),
  })
)

/** False when this consumer has applied the event already. Part of the handler's transaction. */
export async function firstTime(executor: Executor, consumer: string, event_id: string, applied_at: Date) {
  return affectedRows(await insert(executor, { consumer, event_id, applied_at })) === 1
}
