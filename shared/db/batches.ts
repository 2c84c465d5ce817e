import { affectedRows } from './database.ts'

/**
 * Repeats a statement with `limit(size)` until it finds fewer rows or `isOver`: each batch is short and commits by
 * itself, so that nobody waits for long. Answers whether more may be left.
 */
export async function inBatches(
  size: number,
  statement: () => PromiseLike<unknown>,
  isOver: () => boolean,
): Promise<boolean> {
  while (affectedRows(await statement()) >= size) if (isOver()) return true
  return false
}

/** Becomes true `ms` milliseconds from now. */
export function turnOf(ms: number): () => boolean {
  const end = performance.now() + ms
  return () => performance.now() >= end
}
