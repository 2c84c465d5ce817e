import type { z } from '@hono/zod-openapi'
import { Problem } from '../errors/problem.ts'
import { type ProblemCode, problems } from '../errors/codes.ts'
import { TENANT_TOKEN_HEADER } from '../auth/tenant-token.ts'
import type { Tenant } from './tenant.ts'

export type PortMethod = { input: z.ZodType; output: z.ZodType; timeoutMs: number }

/** What a service offers to others, as data: the same schemas serve the client and the provider. */
export type Port<M extends Record<string, PortMethod> = Record<string, PortMethod>> = {
  readonly service: string
  readonly name: string
  readonly methods: M
}

/** How the asking side sees a port: plain asynchronous functions. */
export type PortClient<P extends Port> = {
  [K in keyof P['methods']]: (
    input: z.input<P['methods'][K]['input']>,
  ) => Promise<z.output<P['methods'][K]['output']>>
}
export type PortClients<N extends Record<string, Port>> = { [K in keyof N]: PortClient<N[K]> }

/** How the providing side implements it: operations, with the context of the tenant that the caller works for. */
export type PortProvider<C> = {
  port: Port
  operations: Record<string, (ctx: C, input: never) => Promise<unknown>>
}

export function definePort<const M extends Record<string, PortMethod>>(
  service: string,
  name: string,
  methods: M,
): Port<M> {
  return { service, name, methods }
}

export function providePort<C, P extends Port>(
  port: P,
  operations: {
    [K in keyof P['methods']]: (
      ctx: C,
      input: z.output<P['methods'][K]['input']>,
    ) => Promise<z.input<P['methods'][K]['output']>>
  },
): PortProvider<C> {
  return { port, operations: operations as PortProvider<C>['operations'] }
}

export const portPath = (port: Port, method: string): string => `/internal/${port.name}/${method}`

export type Caller = {
  /** Sends a request to a service, co-hosted or remote. */
  fetch: (service: string, path: string, init: RequestInit) => Promise<Response>
  token: (tenant: Tenant) => Promise<string>
}

/**
 * A typed HTTP client. Co-hosted or remote, a call is the same request with the same token, limits and errors,
 * so that nothing works only when services share a process.
 */
export function portClient<P extends Port>(
  port: P,
  caller: Caller,
  origin: { tenant: Tenant; requestId: string; traceparent?: string },
): PortClient<P> {
  const client: Record<string, (input: unknown) => Promise<unknown>> = {}
  for (const [method, { timeoutMs }] of Object.entries(port.methods)) {
    client[method] = async (input) => {
      const response = await send(
        `${port.service}.${port.name}.${method}`,
        timeoutMs,
        async (signal) =>
          await caller.fetch(port.service, portPath(port, method), {
            method: 'POST',
            signal,
            body: JSON.stringify(input),
            headers: {
              'content-type': 'application/json',
              'x-request-id': origin.requestId,
              [TENANT_TOKEN_HEADER]: await caller.token(origin.tenant),
              ...(origin.traceparent && { traceparent: origin.traceparent }),
            },
          }),
      )
      if (response.ok) return await response.json()
      throw await refusal(response)
    }
  }
  return client as PortClient<P>
}

async function send(
  name: string,
  timeoutMs: number,
  request: (signal: AbortSignal) => Promise<Response>,
): Promise<Response> {
  const abort = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      abort.abort()
      reject(new Problem('upstream_timeout', `${name} did not answer in ${timeoutMs} ms`))
    }, timeoutMs)
  })
  try {
    return await Promise.race([request(abort.signal), late])
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem('unavailable', `${name} cannot be reached`)
  } finally {
    clearTimeout(timer)
  }
}

/** A refusal of the other service is passed on as it is; its failures are ours to report as such. */
async function refusal(response: Response): Promise<Problem> {
  const { code, type: _type, title: _title, status: _status, request_id: _id, ...extra } = await response
    .json()
    .catch(() => ({})) as Record<string, unknown>
  if (typeof code !== 'string' || !(code in problems)) return new Problem('upstream_failed')
  if (code === 'internal_error') return new Problem('upstream_failed')
  return new Problem(code as ProblemCode, undefined, extra)
}
