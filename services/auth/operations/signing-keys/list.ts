import { after, RETIRED_KEY_PUBLISHED_MS } from '../../domain/lifetimes.ts'
import type { Ctx } from '../../needs.ts'
import { findPublishedKeys } from '../../queries.ts'
import type { JsonWebKeySet } from '../../shapes/key.ts'

/** Everything a token of this shop may be verified with: the key that signs, and those that did until lately. */
export async function listSigningKeys(ctx: Ctx): Promise<JsonWebKeySet> {
  const keys = await findPublishedKeys(ctx.db, after(ctx.now(), -RETIRED_KEY_PUBLISHED_MS))
  return { keys: keys as JsonWebKeySet['keys'] }
}
