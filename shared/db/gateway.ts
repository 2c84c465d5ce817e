import { randomUUID } from 'node:crypto'
import { sameSecret } from '../kernel/secrets.ts'
import { databasePassword } from './databases.ts'
import { runRead } from './gateway/run.ts'
import { requireLookUp } from './gateway/statement.ts'
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
const MAX_BODY_BYTES = 16 * 1024
const STATUS: Partial<Record<WireCode, number>> = { UNAUTHENTICATED: 401, UNAVAILABLE: 503 }

/**
 * The database over HTTP, for where there is no TCP: speaks PlanetScale's protocol, so that the edge uses the same
 * driver against PlanetScale and against any MySQL of a region. Answers the one statement that the edge needs: a
 * session carries no state, and there are no transactions.
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
    const result = await runRead(this.#options.pools, this.#target(user), requireLookUp(query))
    return answer({ session: session ?? newSession(), result, timing: (performance.now() - started) / 1000 })
  }

  /** Who asks: a user made for reading, with the password derived for it. Throws `UNAUTHENTICATED`. */
  #reader(request: Request): string {
    const [, encoded] = /^Basic ([\w+/=-]+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    const [user = '', password = ''] = Buffer.from(encoded ?? '', 'base64').toString().split(/:(.*)/s)
    const { platformSecret, readers } = this.#options
    // Known first: whatever else a name holds never reaches the derivation.
    if (Object.hasOwn(readers, user) && sameSecret(password, databasePassword(platformSecret, user))) {
      return user
    }
    throw new WireError('UNAUTHENTICATED', 'unknown user or wrong password')
  }

  #target(user: string) {
    const { server, platformSecret, readers } = this.#options
    const password = databasePassword(platformSecret, user)
    return { ...server, user, password, database: readers[user]!, shop: user, limit: CONNECTIONS }
  }
}

async function bodyOf(request: Request): Promise<{ query?: unknown; session?: unknown }> {
  try {
    const body = JSON.parse(await textOf(request))
    if (typeof body === 'object' && body !== null) return body
  } catch {
    // answered below
  }
  throw new WireError('INVALID_ARGUMENT', `the body must be a JSON object of at most ${MAX_BODY_BYTES} bytes`)
}

/** No more of it is read than may be, whatever length was announced. */
async function textOf({ body }: Request): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new Error('too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

const newSession = () => ({ signature: '', vitessSession: { autocommit: true, SessionUUID: randomUUID() } })

const answer = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  })
