import { Problem } from '../../../shared/errors/problem.ts'

/** Files on their way into one process, of one shop and of all. Each holds one part in memory. */
const MAX_OF_SHOP = 2
const MAX_OF_ALL = 16

const uploads = new Map<string, number>()

/**
 * Receives a file while there is room for it. Throws `too_many_requests` when the shop sends others at the moment,
 * `unavailable` when too many shops do.
 */
export async function inUploadSlot<T>(shop: string, receive: () => Promise<T>): Promise<T> {
  const own = uploads.get(shop) ?? 0
  if (own >= MAX_OF_SHOP) {
    throw new Problem('too_many_requests', `At most ${MAX_OF_SHOP} files at once`, {}, { 'retry-after': '5' })
  }
  const all = [...uploads.values()].reduce((sum, count) => sum + count, 0)
  if (all >= MAX_OF_ALL) throw new Problem('unavailable', undefined, {}, { 'retry-after': '10' })
  uploads.set(shop, own + 1)
  try {
    return await receive()
  } finally {
    const left = uploads.get(shop)! - 1
    if (left > 0) uploads.set(shop, left)
    else uploads.delete(shop)
  }
}
