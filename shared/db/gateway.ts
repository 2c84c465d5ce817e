import { randomUUID } from 'node:crypto'
import { sameSecret } from '../kernel/secrets.ts'
import { databasePassword } from './databases.ts'
import { runRead } from './gateway/run.ts'
import { requireRead } from './gateway/statement.ts'
import { type WireCode, WireError } from './gateway/wire.ts'
import type { Pools } from './pools.ts'

/** First path segment of everything PlanetScale's driver calls. */
export const GATEWAY_PATH = 'psdb.v1alpha1.Database'

type Options = {
  pools: Pools
  server: { host: string; port: number }
  platformSecret: string
  /** Database user → the one database it may read. */
  readers: Record<string, string>
}

const CONNECTIONS = 4
const MAX_BODY_BYTES = 256 * 1024
const STATUS: Partial<Record<WireCode, number>> = { UNAUTHENTICATED: 401, UNAVAILABLE: 503 }

/**
 * The database over HTTP, for where there is no TCP: speaks PlanetScale's protocol, so that the edge uses the same
 * driver against PlanetScale and against any MySQL of a region. Reads only, one statement at a time: a session
 * carries no state, and transactions are refused.
 */
export class Gateway {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  async fetch(request: Request): Promise<Response> {
    try {
      if (request.method !== 'POST') throw new WireError('UNIMPLEMENTED', 'POST is the only method here')
      const user = this.#reader(request)
      const method = new URL(request.url).pathname.split('/')[2]
      if (method === 'CreateSession') {
        return answer({ branch: 'main', user: { username: user }, session: newSession() })
      }
      if (method !== 'Execute') throw new WireError('UNIMPLEMENTED', 'there is no such method')
      return await this.#execute(user, request)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      const { code, message } = error
      // As PlanetScale does: a statement that fails is an answer, not a failure of HTTP.
      return answer({ error: { code, message } }, STATUS[code] ?? 200)
    }
  }

  async #execute(user: string, request: Request): Promise<Response> {
    const { query, session } = await bodyOf(request)
    const started = performance.now()
    const result = await runRead(this.#options.pools, this.#target(user), requireRead(query))
    return answer({ session: session ?? newSession(), result, timing: (performance.now() - started) / 1000 })
  }

  /** Who asks: a user made for reading, with the password derived for it. Throws `UNAUTHENTICATED`. */
  #reader(request: Request): string {
    const [, encoded] = /^Basic ([\w+/=-]+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    const [user = '', password = ''] = Buffer.from(encoded ?? '', 'base64').toString().split(/:(.*)/s)
    const isRight = sameSecret(password, databasePassword(this.#options.platformSecret, user))
    if (!isRight || !Object.hasOwn(this.#options.readers, user)) {
      throw new WireError('UNAUTHENTICATED', 'unknown user or wrong password')
    }
    return user
  }

  #target(user: string) {
    const { server, platformSecret, readers } = this.#options
    const password = databasePassword(platformSecret, user)
    return { ...server, user, password, database: readers[user]!, shop: user, limit: CONNECTIONS }
  }
}

async function bodyOf(request: Request): Promise<{ query?: unknown; session?: unknown }> {
  const text = Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES ? '' : await request.text()
  try {
    const body = JSON.parse(text)
    if (typeof body === 'object' && body !== null) return body
  } catch {
    // answered below
  }
  throw new WireError('INVALID_ARGUMENT', `the body must be a JSON object of at most ${MAX_BODY_BYTES} bytes`)
}

const newSession = () => ({ signature: '', vitessSession: { autocommit: true, SessionUUID: randomUUID() } })

const answer = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  })
