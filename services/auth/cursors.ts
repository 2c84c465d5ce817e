import { Problem } from '../../shared/errors/problem.ts'
import { decodeCursor } from '../../shared/http/pagination.ts'
import { type Id, isId } from '../../shared/kernel/id.ts'

/** The position of a list ordered by id. Throws `invalid_cursor`, also for one whose id somebody made up. */
export function idOfCursor<P extends string>(order: string, prefix: P, cursor?: string): Id<P> | undefined {
  const [id] = decodeCursor(order, 1, cursor) ?? []
  if (id === undefined) return undefined
  if (typeof id !== 'string' || !isId(prefix, id)) throw new Problem('invalid_cursor')
  return id as Id<P>
}

/** The position of a list ordered by name. Throws `invalid_cursor`. */
export function nameOfCursor(order: string, cursor?: string): string | undefined {
  const [name] = decodeCursor(order, 1, cursor) ?? []
  if (name === undefined) return undefined
  if (typeof name !== 'string') throw new Problem('invalid_cursor')
  return name
}
