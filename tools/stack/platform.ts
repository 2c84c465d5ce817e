import { registry } from '../../services/registry.ts'
import { databasePassword } from '../../shared/db/databases.ts'
import { edgeSecret } from '../../shared/auth/edge-notice.ts'
import { readConfig } from '../../shared/host/config.ts'
import { EDGE_READER } from '../../shared/db/edge-reader.ts'
import { migrateAll } from '../../shared/host/migrations.ts'
import { startEdge } from './edge.ts'
import { freePort } from './ports.ts'
import type { Child } from './processes.ts'
import { type Servers, startServers } from './servers.ts'
import { startRegion } from './region.ts'

export const PLATFORM_HOST = 'platform.localhost'

export type Region = { url: string; child: Child; restart(): Promise<void> }
export type Platform = {
  servers: Servers
  /** By the services it hosts: `all`, or a service's name. */
  regions: Map<string, Region>
  regionUrl: string
  /** Undefined when it was started without an edge. */
  edgeUrl?: string
  edgePort: number
  /** What an edge of one's own has to be given to work with these regions. */
  edgeEnv: Record<string, string>
  /** Settles when a part that should run for ever has ended, and says which and how. */
  ended: Promise<string>
  stop(): Promise<void>
}

type Options = {
  dir: string
  /** Wanted ports, else free ones: see what has become of them. */
  edgePort?: number
  regionPort?: number
  withEdge?: boolean
  /** Each service in a process of its own. */
  split?: boolean
  env?: Record<string, string>
  step?: <T>(title: string, work: (say: (text: string) => void) => Promise<T>) => Promise<T>
  log?: (line: string) => void
}

/** Starts everything that a platform is made of, in `dir`: servers, tables, region processes, edge. */
export async function startPlatform(options: Options): Promise<Platform> {
  const { dir, withEdge = true, step = (_title, work) => work(() => {}) } = options
  const servers = await startServers({ dir, log: options.log })
  const { PLATFORM_SECRET } = servers.secrets
  const edgePort = withEdge ? await wanted(options.edgePort) : 0
  const edgeUrl = withEdge ? `http://127.0.0.1:${edgePort}` : undefined
  const names = options.split ? registry.map((service) => service.name) : ['all']
  const ports = new Map<string, number>()
  for (const name of names) ports.set(name, await wanted(names.length === 1 ? options.regionPort : undefined))
  const urls = Object.fromEntries([...ports].map(([name, port]) => [name, `http://127.0.0.1:${port}`]))
  const env: Record<string, string> = {
    PLATFORM_SECRET,
    OPERATOR_TOKEN: servers.secrets.OPERATOR_TOKEN,
    WEBHOOK_SECRET: servers.secrets.WEBHOOK_SECRET,
    DATABASE_URL: servers.databaseUrl,
    NATS_URL: servers.natsUrl,
    PLATFORM_HOST,
    ...(edgeUrl && { EDGE_URL: edgeUrl }),
    ...(options.split && { SERVICE_URLS: JSON.stringify(urls) }),
    ...options.env,
  }
  await step('tables', () => migrateAll(registry, readConfig({ ...env, LOG_LEVEL: 'silent' }, registry)))
  const regions = new Map<string, Region>()
  await step(options.split ? `region, ${names.length} processes` : 'region on Deno', async () => {
    await Promise.all(
      names.map(async (name) => regions.set(name, await region(dir, name, ports.get(name)!, env))),
    )
  })
  const regionUrl = (options.split ? urls.websites : urls.all)!
  const forEdge = edgeEnv(
    PLATFORM_SECRET,
    regionUrl,
    options.split ? { default: regionUrl, ...urls } : regionUrl,
  )
  const edge = withEdge
    ? await step(
      `edge under wrangler dev on port ${edgePort}`,
      () => startEdge({ dir, port: edgePort, env: forEdge }),
    )
    : undefined
  return {
    servers,
    regions,
    regionUrl,
    edgePort,
    edgeEnv: forEdge,
    ...(edgeUrl && { edgeUrl }),
    ended: Promise.race(
      [...[...regions.values()].map((each) => each.child), ...(edge ? [edge] : [])]
        .map(async (child) => `${child.name} ended (${await child.exited}); its log: ${child.log}`),
    ),
    async stop() {
      await edge?.stop()
      await Promise.all([...regions.values()].map((each) => each.child.stop()))
      await servers.stop()
    },
  }
}

async function region(dir: string, name: string, port: number, env: Record<string, string>): Promise<Region> {
  const launch = () =>
    startRegion({ dir, port, name: `region-${name}`, env: name === 'all' ? env : { ...env, SERVICES: name } })
  const child = await launch()
  const made: Region = {
    url: child.url,
    child,
    async restart() {
      await made.child.stop()
      made.child = await launch()
    },
  }
  return made
}

/** What the worker is given: the region's addresses and two derived secrets, nothing of the platform's own. */
export function edgeEnv(platformSecret: string, regionUrl: string, regions: unknown): Record<string, string> {
  const gateway = new URL(regionUrl)
  gateway.username = EDGE_READER.user
  gateway.password = databasePassword(platformSecret, EDGE_READER.user)
  return {
    REGIONS: JSON.stringify({ 'eu-west': regions }),
    PLATFORM_REGION: 'eu-west',
    PLATFORM_HOST,
    EDGE_SECRET: edgeSecret(platformSecret),
    DATABASE_URL: gateway.href.replace(/\/$/, ''),
  }
}

const wanted = (port?: number) => freePort(...(port ? [port] : []))
