import { createHash } from 'node:crypto'
import { deriveSecret } from '../kernel/secrets.ts'
import { Database } from './database.ts'
import type { Marks } from './due/marks.ts'
import type { Pools, Target } from './pools.ts'

export const PLATFORM_DATABASE = 'platform_db'
const PLATFORM_LIMIT = 10
/** What is remembered of a database takes 2 kB. */
const MAX_KNOWN = 5_000

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

type Known = { database: Database; target: Target }

/** Hands out the databases of a region process: each is reached as its own user, through shared pools. */
export class Databases {
  readonly #pools: Pools
  readonly #server: { host: string; port: number }
  readonly #secret: string
  readonly #maxKnown: number
  readonly #platform: Database
  #known = new Map<string, Known>()
  /** Those known before; what is asked for again is kept, the rest forgotten. */
  #older = new Map<string, Known>()
  /** Told of every transaction in a shop's database before it commits. */
  marks?: Marks

  constructor(
    pools: Pools,
    server: { host: string; port: number },
    platformSecret: string,
    maxKnown = MAX_KNOWN,
  ) {
    this.#pools = pools
    this.#server = server
    this.#secret = platformSecret
    this.#maxKnown = maxKnown
    this.#platform = new Database(pools, this.platformTarget())
  }

  /** `limit` may change with the shop's plan: it holds from now on for connections that are open too. */
  ofTenant(tenant: string, service: string, limit: number): Database {
    const name = databaseName(tenant, service)
    const known = this.#known.get(name) ?? this.#remember(name, tenant, service)
    known.target.limit = limit
    return known.database
  }

  platform(): Database {
    return this.#platform
  }

  /** How to reach a shop's database, for those who manage their own connection. */
  target(tenant: string, service: string): Target {
    return this.#target(databaseName(tenant, service), tenant)
  }

  platformTarget(): Target {
    return this.#target(PLATFORM_DATABASE, 'platform')
  }

  #target(database: string, shop: string): Target {
    const user = userName(database)
    const password = databasePassword(this.#secret, user)
    return { ...this.#server, user, database, password, shop, limit: PLATFORM_LIMIT }
  }

  #remember(name: string, tenant: string, service: string): Known {
    let known = this.#older.get(name)
    if (!known) {
      const target = this.target(tenant, service)
      known = { target, database: new Database(this.#pools, target, this.marks?.of(service, tenant)) }
    }
    if (this.#known.size >= this.#maxKnown / 2) {
      this.#older = this.#known
      this.#known = new Map()
    }
    this.#known.set(name, known)
    return known
  }
}
