import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'

/**
 * Below the range from which Linux (32768 up) and macOS (49152 up) take the ports of outgoing
 * connections. A server that is killed and started again in that range can find its port taken by a
 * client, even by one that reconnects to it (TCP lets a socket connect to itself).
 */
const FIRST_PORT = 20_000
const LAST_PORT = 32_000
const TRIES = 200

/** A TCP port that nothing holds now. Two callers may get the same one: whoever binds first has it. */
export async function freePort(): Promise<number> {
  for (let i = 0; i < TRIES; i++) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT))
    if (await isFree(port)) return port
  }
  throw new Error(`no free port between ${FIRST_PORT} and ${LAST_PORT}`)
}

/** True when a server could listen on `port`, on loopback and on all addresses. */
export async function isFree(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '0.0.0.0', '::']) {
    if (!await canListen(port, host)) return false
  }
  return true
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    // A machine without IPv6 answers EAFNOSUPPORT or EADDRNOTAVAIL: that says nothing about the port.
    server.once(
      'error',
      (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE' && error.code !== 'EACCES'),
    )
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

export interface Holder {
  pid: number
  /** First word of its command line, without the folder. */
  program: string
}

/** Who listens on `port`: best effort from /proc, undefined elsewhere or for processes of others. */
export function whoHolds(port: number): Holder | undefined {
  try {
    const inodes = listeners(port)
    if (inodes.size === 0) return undefined
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (holdsAny(pid, inodes)) return { pid: Number(pid), program: programOf(pid) }
    }
  } catch {
    // no /proc here
  }
  return undefined
}

/** Socket inodes in LISTEN state (0A) on `port`. */
function listeners(port: number): Set<string> {
  const suffix = ':' + port.toString(16).toUpperCase().padStart(4, '0')
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    try {
      for (const row of readFileSync(table, 'utf8').split('\n').slice(1)) {
        const cells = row.trim().split(/\s+/)
        if (cells[1]?.endsWith(suffix) && cells[3] === '0A') inodes.add(`socket:[${cells[9]}]`)
      }
    } catch {
      // no IPv6, or not Linux
    }
  }
  return inodes
}

function holdsAny(pid: string, inodes: Set<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`))
      } catch {
        return false // closed meanwhile
      }
    })
  } catch {
    return false // ended meanwhile, or someone else's
  }
}

function programOf(pid: string): string {
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0', 1).join()
  return command.split('/').pop() || 'unknown'
}
