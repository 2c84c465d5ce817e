/** What tools/bench/load.ts is asked to send, and what it answers. */

export type Request = {
  /** Default GET. */
  method?: string
  path: string
  /** Besides the job's. */
  headers?: Record<string, string>
  /** JSON text. */
  body?: string
  /** With an Idempotency-Key of its own each time it is sent. */
  isKeyed?: boolean
}

export type Job = {
  port: number
  /** Sent with every request; `host` is among them. */
  headers: Record<string, string>
  connections: number
  /**
   * Connection `i` sends the requests `i`, `i + connections`, …: where their number is a multiple of the connections,
   * no two connections ever send the same one, nor the requests of one customer at once.
   */
  requests: Request[]
  /** Over and over for so long; without it each request is sent once. */
  ms?: number
  /** No more than so many a second, over all connections. */
  perSecond?: number
}

export type Result = {
  requests: number
  seconds: number
  perSecond: number
  /** Milliseconds from the first byte sent to the last received. */
  p50: number
  p95: number
  p99: number
  /** Anything but a 2xx. */
  errors: number
  firstError?: string
}
