import { randomUUID } from 'node:crypto'
import process from 'node:process'
import { Connection } from './connection.ts'
import type { Job, Request, Result } from './job.ts'
import { percentile } from './statistics.ts'

declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen(): void },
    handler: (request: globalThis.Request) => Promise<Response>,
  ): unknown
}

/** A process of its own, so that sending takes no time of the process that measures: POST a `Job`, get its `Result`. */
Deno.serve({ hostname: '127.0.0.1', port: Number(process.env.PORT), onListen() {} }, async (request) => {
  if (request.method !== 'POST') return new Response('ok')
  return Response.json(await run(await request.json() as Job))
})

/** Connections stay open from one job to the next: opening them is not what is measured. */
const open = new Map<number, Connection[]>()

function connectionsTo(port: number, count: number): Connection[] {
  const known = open.get(port) ?? []
  while (known.length < count) known.push(new Connection(port))
  open.set(port, known)
  return known.slice(0, count)
}

async function run(job: Job): Promise<Result> {
  const requests = job.requests.map((request) => {
    if (!request.isKeyed) {
      const bytes = encode(request, job.headers)
      return () => bytes
    }
    return () => encode(request, { ...job.headers, 'idempotency-key': randomUUID() })
  })
  const connections = connectionsTo(job.port, job.connections)
  const times: number[] = []
  let errors = 0
  let firstError: string | undefined
  const fail = (text: string) => {
    errors++
    firstError ??= text.slice(0, 1_000)
  }
  const started = performance.now()
  const end = job.ms === undefined ? Infinity : started + job.ms
  const last = job.ms === undefined ? requests.length : Infinity
  // Whoever is late doesn't hurry: what wasn't sent in its time is not sent twice as fast.
  const everyMs = job.perSecond === undefined ? 0 : connections.length / job.perSecond * 1_000
  await Promise.all(connections.map(async (connection, first) => {
    let due = started + everyMs * first / connections.length
    for (let i = first; i < last && performance.now() < end; i += connections.length) {
      if (everyMs > 0) {
        const early = due - performance.now()
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
        due = Math.max(due, performance.now() - everyMs) + everyMs
      }
      const sent = performance.now()
      try {
        const { status, body } = await connection.exchange(requests[i % requests.length]!())
        times.push(performance.now() - sent)
        if (status < 200 || status > 299) fail(`${status} ${body}`)
      } catch (error) {
        fail((error as Error).message)
      }
    }
  }))
  const seconds = (performance.now() - started) / 1000
  return {
    requests: times.length,
    seconds,
    perSecond: times.length / seconds,
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    p99: percentile(times, 0.99),
    errors,
    firstError,
  }
}

function encode(
  { method = 'GET', path, headers, body }: Request,
  common: Record<string, string>,
): Uint8Array {
  const all = {
    ...common,
    ...headers,
    ...(body !== undefined &&
      { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`)
}
