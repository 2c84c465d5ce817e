import process from 'node:process'
import { freePort } from './ports.ts'
import { type Child, type ChildSpec, GiveUp, start, stopLeftover, terminate } from './processes.ts'
import { readRecord, stateOf } from './records.ts'
import { type Identity, isSame } from './identity.ts'

/** A database or broker that answered. */
export interface Server {
  /** `MariaDB 10.11.19`. */
  version: string
  /** With user and password: don't print it. */
  url: string
  /** 0 for an external server. */
  port: number
  /** It ran already under the same directory, started by another process that still lives. */
  reused: boolean
  /** From DATABASE_URL or NATS_URL: never killed, restarted or stopped. */
  external: boolean
  isAlive(): boolean
  /** Resolves when the process has ended; at once for SIGSTOP and SIGCONT. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again, stopping it first if it lives: same port, same data, same URL. */
  restart(): Promise<void>
  /** Stops it in good order, unless another process started it. */
  stop(): Promise<void>
}

type Launch = Pick<ChildSpec, 'command' | 'args' | 'graceMs'>

export interface Kind {
  name: string
  dir: string
  /** Wanted port; else the one of the previous run if it is free, else any. */
  port?: number
  url(port: number): string
  /** Answers its version once it serves with our credentials. Throws `GiveUp` when it never will. */
  probe(port: number): Promise<string>
  launch(port: number): Launch | Promise<Launch>
}

const PORT_TRIES = 3
const REUSE_PROBE_MS = 5_000
const LEFTOVER_GRACE_MS = 30_000
const PORT_TAKEN = /address already in use|Bind on TCP\/IP port/i

/** Starts a private server, or takes the one that another living process runs in the same directory. */
export async function runServer(kind: Kind): Promise<Server> {
  let child: Child | undefined
  let version = ''
  const other = reusable(kind)
  // A leftover of a crashed run still holds the port that we want again.
  if (!other) await stopLeftover(kind.dir, kind.name, LEFTOVER_GRACE_MS)
  let port = other?.port ?? await choosePort(kind)

  const launch = async () => {
    child = await start({
      ...await kind.launch(port),
      name: kind.name,
      dir: kind.dir,
      port,
      ready: async () => version = await kind.probe(port),
    })
  }
  if (other) {
    version = await within(REUSE_PROBE_MS, () => kind.probe(other.port)).catch((error) => {
      throw new Error(
        `${kind.name} of pid ${other.process.pid} doesn't answer on port ${other.port}: ${error.message}`,
      )
    })
  } else {
    // Between the choice of a port and its use someone may take it.
    for (let i = 1;; i++) {
      try {
        await launch()
        break
      } catch (error) {
        if (kind.port || i === PORT_TRIES || !PORT_TAKEN.test(String(error))) throw error
        port = await freePort()
      }
    }
  }

  const foreign = () => other && !child && isSame(other.process) ? other.process : undefined
  return {
    version,
    url: kind.url(port),
    port,
    external: false,
    reused: other !== undefined,
    isAlive: () => child?.isAlive() ?? foreign() !== undefined,
    async kill(signal = 'SIGKILL') {
      const running = foreign()
      if (running) await killForeign(running, signal)
      else await child?.kill(signal)
    },
    async restart() {
      const running = foreign()
      if (running) await terminate(running, LEFTOVER_GRACE_MS)
      await child?.stop()
      await launch()
    },
    async stop() {
      await child?.stop()
    },
  }
}

/** A server that someone else runs: checked once, otherwise left alone. */
export async function externalServer(
  variable: string,
  url: string,
  probe: () => Promise<string>,
): Promise<Server> {
  const refuse = () => Promise.reject(new Error(`${variable} is not ours to kill or restart`))
  const version = await within(10_000, probe).catch((error) => {
    throw new Error(`${variable} doesn't answer: ${error.message}`)
  })
  return {
    version,
    url,
    port: 0,
    external: true,
    reused: true,
    isAlive: () => true,
    kill: refuse,
    restart: refuse,
    stop: () => Promise.resolve(),
  }
}

function reusable(kind: Kind): { process: Identity; port: number } | undefined {
  const record = readRecord(kind.dir, kind.name)
  const left = stateOf(record)
  return left.state === 'owned' && record.port ? { process: left.process, port: record.port } : undefined
}

async function choosePort(kind: Kind): Promise<number> {
  if (kind.port) {
    if (await freePort(kind.port) === kind.port) return kind.port
    throw new Error(`port ${kind.port} is taken`)
  }
  const { port } = readRecord(kind.dir, kind.name)
  return await freePort(...(port ? [port] : []))
}

async function killForeign(target: Identity, signal: NodeJS.Signals): Promise<void> {
  process.kill(target.pid, signal)
  if (signal === 'SIGSTOP' || signal === 'SIGCONT') return
  while (isSame(target)) await new Promise((resolve) => setTimeout(resolve, 20))
}

async function within<T>(ms: number, probe: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    try {
      return await probe()
    } catch (error) {
      if (error instanceof GiveUp || Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
