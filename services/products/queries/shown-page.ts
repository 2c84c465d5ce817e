import { type Page, page } from '../../../shared/http/pagination.ts'
import type { Log } from '../../../shared/telemetry/log.ts'

/**
 * A page of `limit` rows out of `limit + 1` that were read. A row that can't be shown, which nothing that is stored
 * today should be, is logged and left out: it must not take the list of a whole shop down.
 */
export function shownPage<R extends object, T>(
  log: Log,
  rows: R[],
  limit: number,
  cursorOf: (row: R) => string,
  show: (row: R) => T,
): Page<T> {
  const { data, ...position } = page(rows, limit, cursorOf, (row) => row)
  return {
    data: data.flatMap((row) => {
      try {
        return [show(row)]
      } catch (error) {
        log.error('row not shown', { row: 'id' in row ? row.id : undefined, error })
        return []
      }
    }),
    ...position,
  }
}
