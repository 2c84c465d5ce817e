import { resolve } from 'node:path'
import process from 'node:process'
import { install, missing, type ProductName } from './binaries.ts'
import { withLock } from './lock.ts'
import { startMariaDb } from './mariadb.ts'
import { startNats } from './nats.ts'
import { createProgress } from './progress.ts'
import { loadSecrets, type Secrets } from './secrets.ts'
import type { Server } from './server.ts'

/** A stop must not hang behind the slow start of another process. */
const STOP_LOCK_MS = 10_000

export interface Servers {
  /** `mysql://root:…@127.0.0.1:port`, without a database. */
  databaseUrl: string
  /** `nats://user:password@127.0.0.1:port`. */
  natsUrl: string
  secrets: Secrets
  mariaDb: Server
  nats: Server
  /** Stops what this call started: NATS, then MariaDB. Safe to call twice. */
  stop(): Promise<void>
  /** For fault tests; default SIGKILL. Resolves when the process has ended (SIGSTOP: at once). */
  killNats(signal?: NodeJS.Signals): Promise<void>
  /** Same port, same data. */
  restartNats(): Promise<void>
  killMariaDb(signal?: NodeJS.Signals): Promise<void>
  restartMariaDb(): Promise<void>
}

export interface StartOptions {
  /** Holds data, logs and secrets. Two starts in one directory share the servers. */
  dir: string
  /** Takes the progress lines; default: the terminal. */
  log?: (line: string) => void
}

/**
 * Starts MariaDB and NATS privately under `dir` on loopback, installing them on a Debian as root; or
 * uses DATABASE_URL and NATS_URL. Throws one line that says what is wrong or what to install.
 */
export async function startServers({ dir, log }: StartOptions): Promise<Servers> {
  const root = resolve(dir)
  const { step } = createProgress(log)
  return await withLock(root, async () => {
    const secrets = loadSecrets(root)
    const lacking = missing(wanted())
    if (lacking.length > 0) await step(`Install ${lacking.join(' and ')}`, () => install(lacking))
    const mariaDb = await step('MariaDB', async (say) => announce(await startMariaDb({ dir: root }), say))
    let nats: Server
    try {
      nats = await step('NATS', async (say) => announce(await startNats({ dir: root }), say))
    } catch (error) {
      await mariaDb.stop()
      throw error
    }
    const stop = async () => {
      await nats.stop()
      await mariaDb.stop()
    }
    return {
      databaseUrl: mariaDb.url,
      natsUrl: nats.url,
      secrets,
      mariaDb,
      nats,
      // Under the lock, so that nobody takes over servers that are about to end.
      stop: () => withLock(root, stop, STOP_LOCK_MS).catch(stop),
      killNats: (signal) => nats.kill(signal),
      restartNats: () => nats.restart(),
      killMariaDb: (signal) => mariaDb.kill(signal),
      restartMariaDb: () => mariaDb.restart(),
    }
  })
}

function wanted(): ProductName[] {
  const products: ProductName[] = []
  if (!process.env.DATABASE_URL) products.push('MariaDB')
  if (!process.env.NATS_URL) products.push('NATS')
  return products
}

function announce(server: Server, say: (title: string) => void): Server {
  const { host } = new URL(server.url)
  const how = server.external ? ', external' : server.reused ? ', already running' : ''
  say(`${server.version} on ${host}${how}`)
  return server
}
