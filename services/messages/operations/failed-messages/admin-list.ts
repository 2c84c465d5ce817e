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
  query: FailedFilter & PageQuery,
): Promise<Page<AdminFailedMessage>> {
  const all = ctx.db.select().from(failedMessages)
  return await lastFailedFirst.list(all, query, showFailedMessage, matching(query))
}
