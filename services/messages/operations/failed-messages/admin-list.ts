import { and, desc, eq, lt, or } from 'drizzle-orm'
import { decodeCursor, encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { type FailedMessageRow, failedMessages } from '../../schema.ts'
import type { AdminFailedMessage } from '../../shapes/failed-message.ts'
import { type FailedFilter, matching, showFailedMessage } from './internal.ts'

/** Last failed first. */
export async function adminListFailedMessages(
  ctx: Ctx,
  { limit, cursor, ...filter }: FailedFilter & { limit: number; cursor?: string },
): Promise<Page<AdminFailedMessage>> {
  const after = decodeCursor('failed', 2, cursor) as [number, FailedMessageRow['id']] | undefined
  const at = after && new Date(after[0])
  const rows = await ctx.db.select().from(failedMessages)
    .where(and(
      matching(filter),
      after && at &&
        or(
          lt(failedMessages.failed_at, at),
          and(eq(failedMessages.failed_at, at), lt(failedMessages.id, after[1])),
        ),
    ))
    .orderBy(desc(failedMessages.failed_at), desc(failedMessages.id))
    .limit(limit + 1)
  return page(
    rows,
    limit,
    (row) => encodeCursor('failed', [row.failed_at.getTime(), row.id]),
    showFailedMessage,
  )
}
