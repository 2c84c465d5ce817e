import { tenantTokenIssuer } from '../auth/tenant-token.ts'
import { Problem } from '../errors/problem.ts'
import { internalSecret } from '../kernel/secrets.ts'
import type { Config } from './config.ts'
import type { Caller } from '../service/port.ts'

type Here = { has(service: string): boolean; fetch(request: Request): Promise<Response> }

/** Reaches other services: in this process where they are hosted here, else over the network. */
export class Neighbours {
  readonly #config: Config
  readonly #here: Here
  readonly #callers = new Map<string, Caller>()

  constructor(config: Config, here: Here) {
    this.#config = config
    this.#here = here
  }

  /** How this service calls ports of others. */
  callerOf(service: string): Caller {
    const known = this.#callers.get(service)
    if (known) return known
    const secret = internalSecret(this.#config.PLATFORM_SECRET)
    const caller: Caller = {
      token: tenantTokenIssuer(secret, { issuer: service, audience: 'internal' }),
      fetch: (target, path, init) =>
        this.#here.has(target)
          ? this.#here.fetch(new Request(`http://${target}${path}`, init))
          : fetch(this.#urlOf(target) + path, init),
    }
    this.#callers.set(service, caller)
    return caller
  }

  /** Hands a request on as it came. Throws `unavailable` when the service can't be reached. */
  async forward(service: string, request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    const { method, headers, body } = request
    const init = { method, headers, body, redirect: 'manual', ...(body && { duplex: 'half' }) } as RequestInit
    try {
      return await fetch(this.#urlOf(service) + pathname + search, init)
    } catch (error) {
      if (error instanceof Problem) throw error
      throw new Problem('unavailable', undefined, {}, { 'retry-after': '2' })
    }
  }

  #urlOf(service: string): string {
    const url = this.#config.SERVICE_URLS[service]
    if (!url) throw new Problem('unavailable', `The service ${service} is not reachable from here`)
    return url.replace(/\/$/, '')
  }
}
