import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { findProgram, install, missing } from './binaries.ts'
import type { ServerOptions } from './mariadb.ts'
import { GiveUp } from './processes.ts'
import { loadSecrets } from './secrets.ts'
import { externalServer, runServer, type Server } from './server.ts'

const USER = 'verything'
const PROBE_MS = 2_000

/**
 * Starts NATS with JetStream on loopback, its streams under `<dir>/nats`, with a generated password; or
 * checks and returns NATS_URL. Call it under the lock of the directory.
 */
export async function startNats({ dir, port }: ServerOptions): Promise<Server> {
  const given = process.env.NATS_URL
  if (given) return externalServer('NATS_URL', given, () => probe(given))
  await install(missing(['NATS']))
  const root = resolve(dir)
  const password = loadSecrets(root).NATS_PASSWORD
  const url = (port: number) => `nats://${USER}:${password}@127.0.0.1:${port}`
  return runServer({
    name: 'nats',
    dir: root,
    port,
    url,
    probe: (port) => probe(url(port)),
    launch(port) {
      const store = join(root, 'nats')
      mkdirSync(store, { recursive: true, mode: 0o700 })
      const config = join(store, 'nats.conf')
      writeFileSync(config, configuration(password), { mode: 0o600 })
      return {
        command: findProgram('nats-server')!,
        args: ['-c', config, '-a', '127.0.0.1', '-p', String(port), '-js', '-sd', store],
      }
    },
  })
}

/** The password is in a file because a command line is everybody's to read. */
function configuration(password: string): string {
  return `server_name: "verything-local"
authorization { user: "${USER}", password: "${password}" }
`
}

interface Info {
  version: string
  jetstream?: boolean
}

/** Reads the server's INFO line, then signs in: a PONG means that it is ours and serves. */
function probe(url: string): Promise<string> {
  const { hostname, port, username, password } = new URL(url)
  const login = password
    ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
    : { auth_token: decodeURIComponent(username) }
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port || 4222), hostname)
    const fail = (error: Error) => {
      socket.destroy()
      reject(error)
    }
    let text = ''
    let info: Info | undefined
    socket.setTimeout(PROBE_MS, () => fail(new Error(`no answer within ${PROBE_MS / 1000} s`)))
    socket.on('error', fail)
    socket.on('close', () => reject(new Error('the connection was closed')))
    socket.on('data', (chunk) => {
      text += chunk.toString()
      if (!info && text.includes('\r\n')) {
        info = parseInfo(text)
        if (!info) return fail(new GiveUp('this is no NATS server'))
        if (!info.jetstream) return fail(new GiveUp('this NATS server runs without JetStream (-js)'))
        socket.write(`CONNECT ${JSON.stringify({ verbose: false, ...login })}\r\nPING\r\n`)
      }
      if (/^-ERR/m.test(text)) {
        return fail(new GiveUp(`the NATS server says ${/^-ERR '?([^'\r]*)/m.exec(text)?.[1]}`))
      }
      if (info && /^PONG/m.test(text)) {
        socket.destroy()
        resolve(`NATS ${info.version}`)
      }
    })
  })
}

function parseInfo(text: string): Info | undefined {
  try {
    return JSON.parse(/^INFO (.*)\r\n/.exec(text)?.[1] ?? '')
  } catch {
    return undefined
  }
}
