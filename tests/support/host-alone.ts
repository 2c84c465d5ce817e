import mysql from 'mysql2/promise'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { randomBytes } from 'node:crypto'
import { edgeSecret } from '../../shared/auth/edge-notice.ts'
import { identity } from '../../shared/host/identity.ts'
import { TENANT_TOKEN_HEADER, tenantTokenIssuer } from '../../shared/auth/tenant-token.ts'
import { issuerOf } from '../../shared/auth/issuer.ts'
import { DatabaseAdmin, readMigrations } from '../../shared/db/admin.ts'
import { databaseName } from '../../shared/db/databases.ts'
import { kernelTables } from '../../shared/db/tables.ts'
import { type Id, newId } from '../../shared/kernel/id.ts'
import { Host } from '../../shared/host/host.ts'
import { type PortProvider, providePort } from '../../shared/service/port.ts'
import { defineService, type Service } from '../../shared/service/service.ts'
import type { Tenant } from '../../shared/kernel/tenant.ts'
import { configOf } from './config.ts'
import type { Running } from './global-setup.ts'

/** A neighbour that is no more than the ports it offers. */
export const fake = (name: string, provides: PortProvider<never>[]): Service =>
  defineService({
    name,
    summary: name,
    resources: [],
    tables: kernelTables,
    migrations: new URL('file:///nowhere/'),
    endpoints: [],
    provides: provides as unknown as Service['provides'],
  })

type Options = {
  /** Stands in for the other services. `auth` is there already: every session is good, staff may do everything. */
  fakes?: Service[]
  env?: Record<string, string>
  tenant?: Partial<Tenant>
}

/**
 * One service in this process, with a shop and a database of its own on the servers of the test run: for what has to be
 * cut off in the middle, or asked for what it never would be from outside.
 */
export async function hostAlone(
  service: Service,
  on: Running,
  { fakes = [], env, tenant: more }: Options = {},
) {
  const id = `alone-${randomBytes(4).toString('hex')}`
  const tenant: Tenant = {
    id,
    website: newId('site'),
    domain: `${id}.localhost`,
    region: 'eu-west',
    shard: `t${id.slice(6)}`,
    plan: 'business',
    status: 'active',
    locale: 'en',
    currency: 'EUR',
    prices_include_vat: false,
    ...more,
  }
  const database = databaseName(id, service.name)
  const admin = await DatabaseAdmin.connect(on.databaseUrl, on.platformSecret)
  await admin.create(database)
  await admin.migrate(database, await readMigrations(service.migrations))
  const connection = await mysql.createConnection({ uri: on.databaseUrl, database, timezone: 'Z' })

  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const keys = [{ ...await exportJWK(publicKey), kid: 'k', alg: 'EdDSA' }]
  const staff = new Map<string, string[]>()
  const users = new Map<string, string>()
  const registry = [service, auth(keys, staff, users), ...fakes]
  const config = configOf(on, registry, { SHARDS: tenant.shard, ...env })
  /** Another process of the same service is another of these. */
  const hosts: Host[] = []
  const newHost = () => {
    const host = new Host(registry, config)
    hosts.push(host)
    return host
  }
  const assertion = tenantTokenIssuer(edgeSecret(on.platformSecret), { issuer: 'edge', audience: 'region' })
  const bearer = async (user: string, session: string) =>
    `Bearer ${await new SignJWT({ sid: session, tid: id }).setProtectedHeader({ alg: 'EdDSA', kid: 'k' })
      .setIssuer(issuerOf(tenant)).setSubject(user).setAudience('shop').setExpirationTime('1h').sign(
        privateKey,
      )}`
  const session = async (permissions: string[], user: Id<'user'> = newId('user')) => {
    const ses = newId('ses')
    staff.set(ses, permissions)
    users.set(ses, user)
    return { authorization: await bearer(user, ses) }
  }

  return {
    tenant,
    host: newHost(),
    newHost,
    /** Headers of someone with an account. */
    customer: (user?: Id<'user'>) => session([], user),
    /** Headers of staff; everything is allowed to them unless said otherwise. */
    staff: (permissions = ['*'], user?: Id<'user'>) => session(permissions, user),
    /** What consumers, jobs and ports work with. */
    system: <C>() => hosts[0]!.systemContext(service, tenant, 'test') as unknown as C,
    async send(
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
      host = hosts[0]!,
    ) {
      const response = await host.fetch(
        new Request(`http://region${path}`, {
          method,
          headers: {
            [TENANT_TOKEN_HEADER]: await assertion(tenant),
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        }),
      )
      const text = await response.text()
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        text,
        // deno-lint-ignore no-explicit-any
        body: (/json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined) as any,
      }
    },
    // deno-lint-ignore no-explicit-any
    async rows<T = any>(sql: string, values: unknown[] = []): Promise<T[]> {
      const [rows] = await connection.query(sql, values)
      return rows as T[]
    },
    /** Data of the events of this type that were written, oldest first. */
    // deno-lint-ignore no-explicit-any
    async events<T = any>(type: string): Promise<T[]> {
      const [rows] = await connection.query('select envelope from outbox where subject like ? order by id', [
        `%.${type}`,
      ])
      return (rows as { envelope: string }[]).map((row) => JSON.parse(row.envelope).data)
    },
    async stop() {
      await Promise.all(hosts.map((host) => host.stop()))
      await connection.end()
      await admin.drop(database)
      await admin.close()
    },
  }
}

/** One service in this process, beside a platform that runs: what its operations do in a shop of that platform. */
export function hostBeside(service: Service, on: Running, fakes: Service[] = []) {
  const services = [service, ...fakes]
  const host = new Host(services, configOf(on, services))
  return {
    contextOf: <C>(shop: { tenant: Tenant }) =>
      host.systemContext(service, shop.tenant, 'test') as unknown as C,
    stop: () => host.stop(),
  }
}

function auth(
  keys: Record<string, unknown>[],
  staff: Map<string, string[]>,
  users: Map<string, string>,
): Service {
  const account = (session: string) => ({
    active: true,
    user_id: users.get(session) ?? '',
    email: 'alice@example.com',
    name: 'Alice Martin',
    roles: [],
    permissions: staff.get(session) ?? [],
  })
  return fake('auth', [
    providePort(identity, {
      keys: () => Promise.resolve({ keys }),
      session: (_: unknown, { session }) => Promise.resolve(account(session)),
    }) as PortProvider<never>,
  ])
}
