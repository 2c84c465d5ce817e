import { found } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import type { AdminQueue } from '../../shapes/queue.ts'
import { adminListQueues } from './admin-list.ts'

/** Throws `not_found`. */
export async function adminGetQueue(ctx: Ctx, name: string): Promise<AdminQueue> {
  const { data } = await adminListQueues(ctx)
  return found(data.filter((queue) => queue.name === name))
}
