import owners from '../../openapi/resources.json' with { type: 'json' }
import type { Env } from './env.ts'

export type Settings = {
  platformHost: string
  platformRegion: string
  edgeSecret: string
  /** How long a region may take to begin its answer. */
  timeLimitMs: number
  /** Region → service → URL without a slash at its end. `default` stands for every service not named. */
  regions: Map<string, Map<string, string>>
}

/** Throws an Error that names the variable which is missing or wrong. */
export function settingsOf(env: Env): Settings {
  for (
    const name of ['REGIONS', 'PLATFORM_HOST', 'PLATFORM_REGION', 'EDGE_SECRET', 'DATABASE_URL'] as const
  ) {
    if (!env[name]) {
      throw new Error(`${name} is not set; on your own machine \`npm start\` writes it into .dev.vars`)
    }
  }
  const regions = parseRegions(env.REGIONS)
  if (!regions.has(env.PLATFORM_REGION)) {
    throw new Error(`PLATFORM_REGION: ${env.PLATFORM_REGION} is not in REGIONS`)
  }
  return {
    platformHost: env.PLATFORM_HOST.toLowerCase(),
    platformRegion: env.PLATFORM_REGION,
    edgeSecret: env.EDGE_SECRET,
    timeLimitMs: 30_000,
    regions,
  }
}

/** Where a region answers for a resource, the first path segment after an optional `admin`; undefined: nowhere. */
export function regionUrl(settings: Settings, region: string, resource: string): string | undefined {
  const urls = settings.regions.get(region)
  const service = Object.hasOwn(owners, resource) ? (owners as Record<string, string>)[resource]! : 'default'
  return urls?.get(service) ?? urls?.get('default')
}

function parseRegions(text: string): Settings['regions'] {
  try {
    const given = Object.entries(JSON.parse(text) as Record<string, string | Record<string, string>>)
    return new Map(given.map(([region, urls]) => [
      region,
      new Map(
        Object.entries(typeof urls === 'string' ? { default: urls } : urls).map((
          [service, url],
        ) => [service, base(url)]),
      ),
    ]))
  } catch (error) {
    throw new Error(`REGIONS: ${(error as Error).message}`)
  }
}

const base = (url: string): string => {
  const { protocol, origin, pathname } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`${url} is no http(s) URL`)
  return origin + pathname.replace(/\/$/, '')
}
