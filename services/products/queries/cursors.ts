import { Problem } from '../../../shared/errors/problem.ts'
import { decodeCursor } from '../../../shared/http/pagination.ts'
import { type Id, isId } from '../../../shared/kernel/id.ts'

/**
 * Where a list of products goes on, in an order by instants, texts or numbers, ties by id: for statements that are
 * prepared, where `keyset` would build a condition. `key` is what the column compares with. Throws `invalid_cursor`.
 */
export function orderCursor(
  order: string,
  kind: 'instant' | 'text' | 'number',
  cursor: string | undefined,
): { key: string | number | Date; id: Id<'prod'> } | undefined {
  const [key, id] = decodeCursor(order, 2, cursor) ?? []
  if (key === undefined) return undefined
  if (typeof id !== 'string' || !isId('prod', id)) throw new Problem('invalid_cursor')
  if (kind === 'text') {
    if (typeof key === 'string') return { key, id: id as Id<'prod'> }
  } else if (Number.isSafeInteger(key)) {
    const number = key as number
    if (kind === 'number') return { key: number, id: id as Id<'prod'> }
    // Of years that a DATETIME can have.
    if (number >= 0 && number < Date.UTC(9999, 0)) return { key: new Date(number), id: id as Id<'prod'> }
  }
  throw new Problem('invalid_cursor')
}
