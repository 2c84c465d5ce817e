import { and } from 'drizzle-orm'
import { keyset, type Page, type PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { failedMessages } from '../../schema.ts'
import type { AdminFailedMessage } from '../../shapes/failed-message.ts'
import { type FailedFilter, matching, showFailedMessage } from './internal.ts'

const lastFailedFirst = keyset(
  'failed',
  { failed_at: failedMessages.failed_at, id: failedMessages.id },
  'desc',
)

export async function adminListFailedMessages(
  ctx: Ctx,
  { limit, cursor, ...filter }: FailedFilter & PageQuery,
): Promise<Page<AdminFailedMessage>> {
  const rows = await ctx.db.select().from(failedMessages)
    .where(and(matching(filter), lastFailedFirst.after(cursor)))
    .orderBy(...lastFailedFirst.order).limit(limit + 1)
  return lastFailedFirst.page(rows, limit, showFailedMessage)
}
