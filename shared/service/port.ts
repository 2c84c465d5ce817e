import type { z } from '@hono/zod-openapi'
import { Problem } from '../errors/problem.ts'
import { isProblemCode } from '../errors/codes.ts'
import { TENANT_TOKEN_HEADER } from '../auth/tenant-token.ts'
import type { Tenant } from '../kernel/tenant.ts'

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

/** When the asking side stops waiting, milliseconds from now. */
export const DEADLINE_HEADER = 'x-deadline-ms'
/** What it takes to hear of a refusal and to act on it. */
const MARGIN_MS = 50
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

/** For whom and until when it is asked. */
type Asking = { tenant: Tenant; requestId: string; traceparent?: string; deadline?: number }

/**
 * A typed HTTP client. Co-hosted or remote, a call is the same request with the same token, limits and errors,
 * so that nothing works only when services share a process. A call takes no longer than its caller waits: the time
 * that is left travels along, and shrinks at each step.
 */
export function portClient<P extends Port>(port: P, caller: Caller, asking: Asking): PortClient<P> {
  const client: Record<string, (input: unknown) => Promise<unknown>> = {}
  for (const [method, { timeoutMs }] of Object.entries(port.methods)) {
    const name = `${port.service}.${port.name}.${method}`
    client[method] = async (input) => {
      const left = asking.deadline === undefined ? timeoutMs : asking.deadline - Date.now() - MARGIN_MS
      const limitMs = Math.min(timeoutMs, left)
      if (limitMs <= 0) throw new Problem('upstream_timeout', `No time is left to ask ${name}`)
      return await within(name, limitMs, async (signal) => {
        const response = await caller.fetch(port.service, portPath(port, method), {
          method: 'POST',
          signal,
          body: JSON.stringify(input),
          headers: {
            'content-type': 'application/json',
            'x-request-id': asking.requestId,
            [DEADLINE_HEADER]: String(Math.floor(limitMs)),
            [TENANT_TOKEN_HEADER]: await caller.token(asking.tenant),
            ...(asking.traceparent && { traceparent: asking.traceparent }),
          },
        })
        const body = await jsonOf(response)
        if (response.ok) return body
        throw refusal(body)
      })
    }
  }
  return client as PortClient<P>
}

async function within<T>(
  name: string,
  limitMs: number,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      abort.abort()
      reject(new Problem('upstream_timeout', `${name} did not answer in time`))
    }, limitMs)
  })
  try {
    return await Promise.race([ask(abort.signal), late])
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem('unavailable', `${name} cannot be reached`)
  } finally {
    clearTimeout(timer)
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) throw new Problem('upstream_failed')
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new Problem('upstream_failed')
  }
}

/** A refusal of the other service is passed on as it is; its failures are ours to report as such. */
function refusal(body: unknown): Problem {
  const { code, type: _type, title: _title, status: _status, request_id: _id, ...extra } =
    (body ?? {}) as Record<
      string,
      unknown
    >
  if (!isProblemCode(code) || code === 'internal_error') return new Problem('upstream_failed')
  return new Problem(code, undefined, extra)
}
