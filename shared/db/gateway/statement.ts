import { WireError } from './wire.ts'

const MAX_CHARS = 2_000
/**
 * The edge's look-up of a shop by its domain, as PlanetScale's driver writes it: parameters put into the text. Any
 * columns, so that edge and region may be of different releases. A domain needs no quoting, and is given none.
 */
const LOOK_UP =
  /^\s*select\s+[a-z_]+(\s*,\s*[a-z_]+)*\s+from\s+shop_routes\s+where\s+domain\s*=\s*'[a-z0-9.-]{1,253}'\s+limit\s+1\s*$/i

/** The one statement this gateway is for passes, nothing else. What it may see its user's rights decide as well. */
export function requireLookUp(sql: unknown): string {
  if (typeof sql !== 'string' || sql.length > MAX_CHARS) {
    throw new WireError('INVALID_ARGUMENT', `query must be a text of at most ${MAX_CHARS} characters`)
  }
  if (!LOOK_UP.test(sql)) {
    throw new WireError('PERMISSION_DENIED', 'this gateway answers one statement: a shop by its domain')
  }
  return sql
}
