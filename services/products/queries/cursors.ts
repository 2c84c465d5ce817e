import { Problem } from '../../../shared/errors/problem.ts'
import { decodeCursor } from '../../../shared/http/pagination.ts'
import { type Id, isId } from '../../../shared/kernel/id.ts'

/** Positions in lists, as their cursors keep them. All throw `invalid_cursor` for what no list has issued. */

/** In the order of creation. */
export function idCursor<P extends string>(prefix: P, cursor: string | undefined): Id<P> | undefined {
  const position = decodeCursor('created', 1, cursor)
  return position && checkedId(prefix, position[0])
}

export function nameCursor<P extends string>(
  prefix: P,
  cursor: string | undefined,
): { name: string; id: Id<P> } | undefined {
  const position = decodeCursor('name', 2, cursor)
  if (!position) return undefined
  if (typeof position[0] !== 'string') throw new Problem('invalid_cursor')
  return { name: position[0], id: checkedId(prefix, position[1]) }
}

/** By a number, ties by id. `order` is the one that the cursor was made for. */
export function numberCursor<P extends string>(
  order: string,
  prefix: P,
  cursor: string | undefined,
): { key: number; id: Id<P> } | undefined {
  const position = decodeCursor(order, 2, cursor)
  if (!position) return undefined
  if (!Number.isSafeInteger(position[0])) throw new Problem('invalid_cursor')
  return { key: position[0] as number, id: checkedId(prefix, position[1]) }
}

/** Of an order by instants, texts or numbers, ties by product. `key` is what the column compares with. */
export function orderCursor(
  order: string,
  kind: 'instant' | 'text' | 'number',
  cursor: string | undefined,
): { key: string | number | Date; id: Id<'prod'> } | undefined {
  const position = decodeCursor(order, 2, cursor)
  if (!position) return undefined
  const [key, id] = [position[0]!, checkedId('prod', position[1])]
  if (kind === 'text' ? typeof key !== 'string' : !Number.isSafeInteger(key)) {
    throw new Problem('invalid_cursor')
  }
  if (kind !== 'instant') return { key, id }
  const instant = new Date(key as number)
  // Of years that a DATETIME can have: anything else is none that was issued.
  if (!(instant.getUTCFullYear() >= 1970 && instant.getUTCFullYear() <= 9999)) {
    throw new Problem('invalid_cursor')
  }
  return { key: instant, id }
}

function checkedId<P extends string>(prefix: P, value: unknown): Id<P> {
  if (typeof value === 'string' && isId(prefix, value)) return value as Id<P>
  throw new Problem('invalid_cursor')
}
