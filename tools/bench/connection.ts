import { connect, type Socket } from 'node:net'

export type Reply = { status: number; body: string }

type Waiting = { resolve: (reply: Reply) => void; reject: (error: Error) => void }
type Parsed = { status: number; bodyStart: number; bodyEnd: number; end: number }

const CRLF = '\r\n'
const TIME_LIMIT_MS = 30_000

/**
 * One keep-alive HTTP/1.1 connection, a request at a time. No more of HTTP than measuring needs: node:http spends as
 * much of the machine on a request as the server that is measured.
 */
export class Connection {
  readonly #port: number
  #socket?: Socket
  #waiting?: Waiting
  #received: Uint8Array = Buffer.alloc(0)

  constructor(port: number) {
    this.#port = port
  }

  /** Sends the bytes of a whole request. Rejects when the connection breaks or nothing comes for 30 s. */
  exchange(request: Uint8Array): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket ??= this.#open()
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket?.destroy()
  }

  #open(): Socket {
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true })
    socket.setTimeout(
      TIME_LIMIT_MS,
      () => socket.destroy(new Error(`no answer in ${TIME_LIMIT_MS / 1000} s`)),
    )
    socket.on('data', (chunk: Uint8Array) => this.#take(chunk))
    socket.on('error', (error) => this.#lose(socket, error))
    socket.on('close', () => this.#lose(socket, new Error('the connection was closed')))
    return socket
  }

  #lose(socket: Socket, error: Error): void {
    if (this.#socket !== socket) return
    this.#socket = undefined
    this.#received = Buffer.alloc(0)
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(error)
  }

  #take(chunk: Uint8Array): void {
    const all = this.#received.length === 0
      ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
      : Buffer.concat([this.#received, chunk])
    const parsed = parseReply(all)
    if (!parsed) return void (this.#received = all)
    this.#received = all.subarray(parsed.end)
    const waiting = this.#waiting
    this.#waiting = undefined
    const { status, bodyStart, bodyEnd } = parsed
    const isGood = status >= 200 && status < 300
    waiting?.resolve({ status, body: isGood ? '' : all.toString('utf8', bodyStart, bodyEnd) })
  }
}

/** Undefined until the whole reply is there. */
export function parseReply(bytes: Buffer): Parsed | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = bytes.toString('latin1', 0, headEnd)
  const status = Number(head.slice(9, 12))
  const bodyStart = headEnd + 4
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) {
    const end = bodyStart + Number(length)
    return bytes.length < end ? undefined : { status, bodyStart, bodyEnd: end, end }
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const end = endOfChunks(bytes, bodyStart)
    return end === undefined ? undefined : { status, bodyStart, bodyEnd: end, end }
  }
  return { status, bodyStart, bodyEnd: bodyStart, end: bodyStart }
}

/** Where the last chunk and its empty trailer end. */
function endOfChunks(bytes: Buffer, start: number): number | undefined {
  let at = start
  for (;;) {
    const lineEnd = bytes.indexOf(CRLF, at)
    if (lineEnd < 0) return undefined
    const size = parseInt(bytes.toString('latin1', at, lineEnd), 16)
    at = lineEnd + 2 + size + 2
    if (bytes.length < at) return undefined
    if (size === 0) return at
  }
}
