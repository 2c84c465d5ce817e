import { Problem, problemResponse } from '../../shared/errors/problem.ts'
import { app } from './app.ts'
import { edgeOf } from './edge.ts'
import type { Env, Lifetime } from './env.ts'
import { logError } from './log.ts'

/** The edge: tenant by Host, limits, cache of public reads, and on to the region. Settings: wrangler.toml. */
export default {
  async fetch(request: Request, env: Env, lifetime: Lifetime): Promise<Response> {
    try {
      return await app.fetch(request, edgeOf(env), lifetime)
    } catch (error) {
      logError('edge failed', { error: (error as Error).message, stack: (error as Error).stack })
      return problemResponse(new Problem('internal_error'))
    }
  },
}
