import { createHash } from 'node:crypto'
import { deriveSecret } from '../kernel/secrets.ts'
import { Database } from './database.ts'
import type { Pools, Target } from './pools.ts'

export const PLATFORM_DATABASE = 'platform_db'

/** `abc-corp-7f3a9c` and `orders` give `abc_corp_7f3a9c_orders_db`. */
export const databaseName = (tenant: string, service: string): string =>
  `${tenant.replaceAll('-', '_')}_${service}_db`

/** One user a database. MySQL allows 32 characters, so the tenant is there as a hash. */
export function userName(database: string): string {
  const service = /_([a-z]+)_db$/.exec(database)?.[1] ?? 'platform'
  return `${service}_${createHash('sha256').update(database).digest('hex').slice(0, 16)}`
}

/** Derived, never stored. The version is part of the purpose, so that passwords can be rotated. */
export const databasePassword = (platformSecret: string, user: string, version = 1): string =>
  deriveSecret(platformSecret, `database/${user}/v${version}`)

/** Hands out the databases of a region process: each is reached as its own user, through shared pools. */
export class Databases {
  readonly #known = new Map<string, Database>()
  readonly #pools: Pools
  readonly #server: { host: string; port: number }
  readonly #secret: string

  constructor(pools: Pools, server: { host: string; port: number }, platformSecret: string) {
    this.#pools = pools
    this.#server = server
    this.#secret = platformSecret
  }

  ofTenant(tenant: string, service: string, limit: number): Database {
    return this.#open(databaseName(tenant, service), limit)
  }

  platform(): Database {
    return this.#open(PLATFORM_DATABASE, 10)
  }

  /** How to reach a database, for those who manage their own connection. */
  target(database: string, limit: number): Target {
    const user = userName(database)
    return { ...this.#server, user, database, limit, password: databasePassword(this.#secret, user) }
  }

  #open(name: string, limit: number): Database {
    const known = this.#known.get(name)
    if (known) return known
    const database = new Database(this.#pools, this.target(name, limit))
    this.#known.set(name, database)
    return database
  }
}
