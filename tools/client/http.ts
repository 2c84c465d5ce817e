import { Agent, request } from 'node:http'

export type Answer = {
  status: number
  headers: Record<string, string>
  text: string
  /** Parsed when the answer is JSON of any kind, else undefined. */
  // deno-lint-ignore no-explicit-any
  body: any
}

export type Send = {
  /** Where to connect to. */
  url: string
  /** Whose door it is: shops are told apart by the Host header, which no hosts file has to know. */
  host?: string
  method?: string
  path: string
  headers?: Record<string, string | undefined>
  body?: unknown
  /** Default 30 s. */
  timeoutMs?: number
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 })

/** One HTTP request. Objects are sent as JSON, strings and bytes as they are. Rejects when there is no answer. */
export function send(
  { url, host, method = 'GET', path, headers = {}, body, timeoutMs = 30_000 }: Send,
): Promise<Answer> {
  const { hostname, port } = new URL(url)
  const isRaw = typeof body === 'string' || body instanceof Uint8Array
  const payload = body === undefined ? undefined : isRaw ? body : JSON.stringify(body)
  const given = Object.fromEntries(
    Object.entries(headers).filter(([, value]) => value !== undefined),
  ) as Record<string, string>
  const all: Record<string, string> = {
    ...(host && { host }),
    ...(payload !== undefined &&
      { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) }),
    ...given,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { agent, hostname, port, method, path, headers: all, timeout: timeoutMs },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const flat = Object.entries(incoming.headers).map((
            [name, value],
          ) => [name, Array.isArray(value) ? value.join(', ') : value ?? ''])
          const isJson = /[/+]json/.test(incoming.headers['content-type'] ?? '')
          resolve({
            status: incoming.statusCode ?? 0,
            headers: Object.fromEntries(flat),
            text,
            body: isJson && text ? JSON.parse(text) : undefined,
          })
        })
      },
    )
    outgoing.on(
      'timeout',
      () => outgoing.destroy(new Error(`${method} ${path}: no answer in ${timeoutMs} ms`)),
    )
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}
