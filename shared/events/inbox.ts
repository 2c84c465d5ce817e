import { affectedRows, type Executor, preparedRows } from '../db/database.ts'
import { inbox } from '../db/tables.ts'

const insert = preparedRows(inbox, { ignore: true })

/** How many of these events this consumer has not applied yet. Part of the handlers' transaction. */
export async function countNew(
  executor: Executor,
  consumer: string,
  events: (typeof inbox.$inferSelect)['event_id'][],
  applied_at: Date,
): Promise<number> {
  return affectedRows(await insert(executor, events.map((event_id) => ({ consumer, event_id, applied_at }))))
}
