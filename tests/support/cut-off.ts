import { connect, createServer, type Server, type Socket } from 'node:net'

/**
 * A way to a server that can be cut after so many messages of clients: a process behind it is then, as far as the
 * server knows, killed between two of its steps.
 */
export class CutOff {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #left = Infinity

  private constructor(server: Server) {
    this.#server = server
  }

  static async to({ hostname, port }: URL): Promise<CutOff> {
    const server = createServer()
    const way = new CutOff(server)
    server.on('connection', (client) => {
      if (way.#left <= 0) return client.destroy()
      const upstream = connect(Number(port), hostname)
      for (const socket of [client, upstream]) {
        way.#sockets.add(socket)
        socket.setNoDelay(true)
        socket.on('error', () => {})
        socket.on('close', () => {
          way.#sockets.delete(socket)
          client.destroy()
          upstream.destroy()
        })
      }
      client.on('data', (chunk) => {
        if (--way.#left < 0) return way.#cut()
        upstream.write(chunk)
      })
      upstream.on('data', (chunk) => void client.write(chunk))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return way
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  /** After `messages` more of them nothing gets through any longer. */
  after(messages: number): void {
    this.#left = messages
  }

  mend(): void {
    this.#left = Infinity
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  close(): void {
    this.#cut()
    this.#server.close()
  }
}
