import type { MiddlewareHandler } from 'hono'
import type { RequestedContext } from '../service/context.ts'
import type { AppEnv } from '../service/service.ts'

/** From here on the request is at work: it waits for its shop's turn, so that no shop holds up another. */
export const inTurn: MiddlewareHandler<AppEnv> = (c, next) => (c.var.ctx as RequestedContext).inTurn(next)
