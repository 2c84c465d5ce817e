import { z } from '@hono/zod-openapi'
import { Problem } from '../errors/problem.ts'

/** Query parameters of every list. */
export const PageQuery = (defaultLimit = 20, maxLimit = 100) => ({
  limit: z.coerce.number().int().min(1).max(maxLimit).default(defaultLimit)
    .openapi({ type: 'integer', description: 'How many to return at most' }),
  cursor: z.string().max(1_000).optional().openapi({ description: '`next_cursor` of the page before' }),
})

/** A page of a list. `next_cursor` is null on the last one. */
export const Page = <T extends z.ZodType>(item: T) =>
  z.object({
    data: z.array(item),
    has_more: z.boolean(),
    next_cursor: z.string().nullable(),
  })
export type Page<T> = { data: T[]; has_more: boolean; next_cursor: string | null }

/** The values by which the last row of a page was ordered, and the order they belong to. */
type Position = (string | number | null)[]

/** Opaque to callers: base64url of JSON. `order` binds it to one order of one list. */
export const encodeCursor = (order: string, position: Position): string =>
  Buffer.from(JSON.stringify([order, ...position])).toString('base64url')

/** Throws `invalid_cursor` for anything that `encodeCursor` didn't make for this order. */
export function decodeCursor(
  order: string,
  length: number,
  cursor: string | undefined,
): Position | undefined {
  if (cursor === undefined) return undefined
  try {
    const [made, ...position] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [
      string,
      ...Position,
    ]
    const isScalar = (value: unknown) => value === null || ['string', 'number'].includes(typeof value)
    if (made === order && position.length === length && position.every(isScalar)) return position
  } catch {
    // Falls through to the refusal.
  }
  throw new Problem('invalid_cursor')
}

/** Makes a page of `limit` rows out of `limit + 1` that were read. */
export function page<R, T>(
  rows: R[],
  limit: number,
  cursorOf: (row: R) => string,
  show: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit)
  const has_more = rows.length > limit
  return {
    data: shown.map(show),
    has_more,
    next_cursor: has_more ? cursorOf(shown[shown.length - 1]!) : null,
  }
}
