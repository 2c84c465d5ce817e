import { and, asc, isNull, lt } from 'drizzle-orm'
import type { Executor } from '../db/database.ts'
import { outbox } from '../db/tables.ts'
import { platformTenant } from '../service/directory.ts'
import type { Check, Service } from '../service/service.ts'
import type { Tenant } from '../kernel/tenant.ts'
import type { Config } from './config.ts'
import { Host } from './host.ts'

/** An event leaves within milliseconds, and half a minute after the death of its process. */
const UNSENT_MS = 60_000
/** What is merely under way has come to its end by then. */
const SECOND_LOOK_MS = 3_000
const SHOPS_AT_ONCE = 4
const MAX_UNSENT = 100

export type Trouble = { shop: string; findings: string[] }
type Options = { repair?: boolean; secondLookMs?: number; onTrouble?: (trouble: Trouble) => void }

/**
 * Looks through every database of every shop for what must not be: events that nobody sends, and whatever services'
 * `checks` find. A shop that is at work is caught in the middle of something: what counts is what is still so at a
 * second look. With `repair`, services mend what they can before. A shop that can't be looked at is told, and keeps
 * back no other. Answers how many shops there are, and those in trouble.
 */
export async function examineAll(
  registry: Service[],
  config: Config,
  { repair = false, secondLookMs = SECOND_LOOK_MS, onTrouble }: Options = {},
): Promise<{ shops: number; troubles: Trouble[] }> {
  const host = new Host(registry, { ...config, SERVICES: undefined })
  try {
    const places = placesOf(host, registry, config, await host.tenants())
    if (repair) await each(places, (place) => mend(place))
    const first = await each(places, async (place) => ({ place, findings: await look(place) }))
    const suspects = first.filter(({ findings }) => findings.length > 0)
    if (suspects.length > 0) await new Promise((resolve) => setTimeout(resolve, secondLookMs))
    const again = await each(suspects, async ({ place, findings }) => {
      const still = new Set(await look(place))
      return { shop: place.shop, findings: findings.filter((finding) => still.has(finding)) }
    })
    const troubles = again.filter(({ findings }) => findings.length > 0)
    for (const trouble of troubles) onTrouble?.(trouble)
    return { shops: places.length, troubles }
  } finally {
    await host.stop()
  }
}

/** A shop, or what the platform keeps of all of them. */
type Place = { shop: string; checks: { of: string; check: Check }[]; contextOf: (service: string) => Context }
type Context = ReturnType<Host['systemContext']>

function placesOf(host: Host, registry: Service[], config: Config, tenants: Tenant[]): Place[] {
  const services = new Map(registry.map((service) => [service.name, service]))
  const placeOf = (shop: string, tenant: Tenant, scope: Service['scope']): Place => ({
    shop,
    checks: registry.filter((service) => service.scope === scope).flatMap(({ name, checks }) =>
      [unsent(name), ...checks].map((check) => ({ of: name, check }))
    ),
    contextOf: (service) => host.systemContext(services.get(service)!, tenant, 'doctor'),
  })
  return [
    placeOf('platform', platformTenant(config.REGION, config.SHARDS[0]!), 'platform'),
    ...tenants.map((tenant) => placeOf(tenant.id, tenant, 'tenant')),
  ]
}

async function look({ checks, contextOf }: Place): Promise<string[]> {
  const findings: string[] = []
  for (const { of, check } of checks) {
    try {
      findings.push(...await check.find(contextOf(of) as never))
    } catch (error) {
      findings.push(`${of} can't be looked at: ${reasonOf(error)}`)
    }
  }
  return findings
}

/** What can't be mended is found by the look that follows. */
async function mend({ checks, contextOf }: Place): Promise<void> {
  for (const { of, check } of checks) {
    const ctx = contextOf(of)
    await check.repair?.(ctx as never).catch((error) => ctx.log.error('not repaired', { service: of, error }))
  }
}

const unsent = (service: string): Check => ({
  async find(ctx) {
    const rows = await (ctx.db as Executor).select({ id: outbox.id, subject: outbox.subject }).from(outbox)
      .where(and(isNull(outbox.published_at), lt(outbox.created_at, new Date(Date.now() - UNSENT_MS))))
      .orderBy(asc(outbox.created_at)).limit(MAX_UNSENT)
    return rows.map(({ id, subject }) =>
      `${id} of ${service} is unsent (${subject.split('.').slice(3).join('.')})`
    )
  },
})

const reasonOf = (error: unknown): string => ((error as { cause?: Error }).cause ?? (error as Error)).message

async function each<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  await Promise.all(Array.from({ length: SHOPS_AT_ONCE }, async () => {
    while (next < items.length) {
      const at = next++
      results[at] = await work(items[at]!)
    }
  }))
  return results
}
