import { hashOfToken } from '../domain/guest-token.ts'
import type { Ctx } from '../needs.ts'
import type { Holder } from '../queries.ts'

/**
 * Whose basket a request is about. An account's never opens by a token; a token that is not one, or that nobody
 * was given, is like none.
 */
export function holderOf(ctx: Ctx, token: string | undefined): Holder {
  if (ctx.actor.type === 'user') return { type: 'user', id: ctx.actor.id }
  const token_hash = hashOfToken(token)
  return token_hash ? { type: 'guest', token_hash } : { type: 'stranger' }
}
