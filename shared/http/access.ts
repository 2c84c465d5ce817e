import type { MiddlewareHandler } from 'hono'
import { allows } from '../auth/actor.ts'
import type { Permission } from '../auth/permissions.ts'
import { type ProblemCode } from '../errors/codes.ts'
import { Problem } from '../errors/problem.ts'
import type { AppEnv } from '../service/service.ts'

/** Who may call a route. Everything but the named levels is a permission: `products.create`. */
export type Access = 'public' | 'customer' | 'operator' | 'webhook' | 'internal' | Permission

/** Runs before a route's validators, so that a stranger learns nothing from them. */
export const guard = (access: Access): MiddlewareHandler<AppEnv> => async (c, next) => {
  const { actor } = c.var.ctx
  switch (access) {
    case 'public':
      break
    case 'customer':
      if (actor.type !== 'user') throw unauthenticated()
      break
    case 'operator':
    case 'webhook':
      if (actor.type !== access) throw unauthenticated()
      break
    case 'internal':
      if (actor.type !== 'system') throw new Problem('not_found')
      break
    default:
      if (actor.type === 'visitor') throw unauthenticated()
      if (!allows(actor, access)) throw new Problem('forbidden', undefined, { permission: access })
  }
  await next()
}

const unauthenticated = () => new Problem('unauthenticated', undefined, {}, { 'www-authenticate': 'Bearer' })

/** What the guard may refuse with. */
export function accessProblems(access: Access): ProblemCode[] {
  if (access === 'public') return ['invalid_token']
  if (access === 'internal') return []
  if (['customer', 'operator', 'webhook'].includes(access)) return ['unauthenticated', 'invalid_token']
  return ['unauthenticated', 'invalid_token', 'forbidden']
}

/** The security scheme of OpenAPI that the guard stands for. */
export function securityOf(access: Access): { security?: Record<string, string[]>[] } {
  if (access === 'public' || access === 'internal') return {}
  const scheme = access === 'operator' ? 'operatorToken' : access === 'webhook' ? 'webhookSecret' : 'bearer'
  return { security: [{ [scheme]: [] }] }
}
