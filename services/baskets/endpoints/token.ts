import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { isGuestToken } from '../domain/guest-token.ts'
import { BasketToken } from '../ports.ts'
import type { Answer } from '../operations/baskets/internal.ts'
import type { Basket } from '../shapes/basket.ts'

/** What names a guest's basket. Anything that was never given out is like none. */
export const headers = z.object({
  'basket-token': BasketToken.optional().openapi({
    description:
      'A guest’s hold of a basket: the `Basket-Token` of the answer that made it. Who is signed in has ' +
      'the account’s basket whatever the token: POST /v1/baskets/current/merge brings the guest’s along',
  }),
})

export const answerHeaders = z.object({
  'basket-token': z.string().optional().openapi({
    description: 'To a guest whose basket is new: keep and send it',
  }),
})

export function tokenOf(c: Context): string | undefined {
  const given = c.req.header('basket-token')
  return given !== undefined && isGuestToken(given) ? given : undefined
}

/** Guests have Idempotency-Keys by their token; where it opens nothing any more the answer hands out another. */
export const guestKey = { by: tokenOf, secret: 'basket-token' }

/** Nobody but the caller may keep it. */
export function showAnswer(c: Context, { basket, token }: Answer) {
  if (token) c.header('basket-token', token)
  c.header('cache-control', 'private, no-store')
  return c.json(basket satisfies Basket, 200)
}
