import { Problem } from '../../../shared/errors/problem.ts'

export const MAX_FILE_BYTES = 50 * 1024 * 1024
/** Fits any server's max_allowed_packet, and is all that is held of a file on its way. */
const PART_BYTES = 256 * 1024
/** Whoever sends slower than this holds a place that others wait for. */
const IDLE_MS = 20_000
const MAX_MS = 300_000

/**
 * A body in parts of equal size, read as fast as they are taken. Throws `payload_too_large` beyond 50 MB and
 * `request_timeout` for a sender who has stopped.
 */
export async function* partsOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (!body) return
  const reader = body.getReader()
  const ends = Date.now() + MAX_MS
  let part = new Uint8Array(PART_BYTES)
  let filled = 0
  let total = 0
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read(), Math.min(IDLE_MS, ends - Date.now()))
      if (done) break
      total += value.length
      if (total > MAX_FILE_BYTES) throw new Problem('payload_too_large', `At most ${MAX_FILE_BYTES} bytes`)
      for (let at = 0; at < value.length;) {
        const piece = value.subarray(at, at + PART_BYTES - filled)
        part.set(piece, filled)
        at += piece.length
        filled += piece.length
        if (filled < PART_BYTES) continue
        yield part
        part = new Uint8Array(PART_BYTES)
        filled = 0
      }
    }
    if (filled > 0) yield part.subarray(0, filled)
  } finally {
    reader.cancel().catch(() => {})
  }
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Problem('request_timeout', 'The file came too slowly')),
      Math.max(0, ms),
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
