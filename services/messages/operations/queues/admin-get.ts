import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import type { AdminQueue } from '../../shapes/queue.ts'
import { adminListQueues } from './admin-list.ts'

/** Throws `not_found`. */
export async function adminGetQueue(ctx: Ctx, name: string): Promise<AdminQueue> {
  const { data } = await adminListQueues(ctx)
  const queue = data.find((each) => each.name === name)
  if (!queue) throw new Problem('not_found')
  return queue
}
