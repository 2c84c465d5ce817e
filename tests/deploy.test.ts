import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { userDeleted } from '../services/auth/events.ts'
import { registry } from '../services/registry.ts'
import type { Ctx } from '../services/websites/needs.ts'
import { STEPS } from '../services/websites/domain/steps.ts'
import { resumeProvisionings } from '../services/websites/operations/provisionings/resume.ts'
import { runProvisioning } from '../services/websites/operations/provisionings/run.ts'
import { createTenant } from '../services/websites/operations/tenants/create.ts'
import { deleteTenant } from '../services/websites/operations/tenants/delete.ts'
import { provisionings } from '../services/websites/schema.ts'
import { NewTenant } from '../services/websites/shapes/tenant.ts'
import { databaseName } from '../shared/db/databases.ts'
import { platformTenant } from '../shared/service/directory.ts'
import { Host } from '../shared/host/host.ts'
import { newId } from '../shared/kernel/id.ts'
import { migrateAll } from '../shared/host/migrations.ts'
import { and, eq } from 'drizzle-orm'
import { connectNats, messagesIn } from './support/nats.ts'
import { nextRegistry } from './support/next-release.ts'
import { configOf } from './support/config.ts'
import { releases, stallAt } from './support/releases.ts'
import { checkout, newProduct } from './support/selling.ts'
import { operator, Shop } from './support/shops.ts'
import { until } from './support/until.ts'

/** Processes of two releases side by side on one platform, killed and standing still wherever it hurts. */
const own = releases()

const newTenant = () => ({
  company_name: `Deploy ${randomBytes(4).toString('hex')}`,
  plan: 'business' as const,
  owner: { email: 'owner@example.com', first_name: 'Olga', last_name: 'Owner' },
})

/** As a process that is at that address answers for it. */
const at = (url: string) => ({ ...own.running, regionUrl: url })

async function rows<T>(statement: string, values: unknown[] = []): Promise<T[]> {
  const [found] = await own.root.query(statement, values)
  return found as T[]
}

async function databasesOf(id: string): Promise<string[]> {
  const found = await rows<{ name: string }>('SELECT schema_name AS name FROM information_schema.schemata')
  return found.map((row) => row.name).filter((name) => name.startsWith(databaseName(id, '*').split('*')[0]!))
    .sort()
}

const names = (id: string, services: { name: string; scope: string }[]) =>
  services.filter((service) => service.scope === 'tenant').map(({ name }) => databaseName(id, name)).sort()

/** Lets whoever looks for abandoned work find this at once, and not after the lease. */
const expire = (id: string) =>
  rows(
    'UPDATE platform_db.provisionings SET lease_until = "2000-01-01" WHERE tenant_id = ? AND status <> "done"',
    [id],
  )

async function openShop(id: string, url: string): Promise<Shop> {
  const record = await operator(at(url)).untilActive(id)
  return new Shop(at(url), record, { plan: 'business', currency: 'EUR', prices_include_vat: true })
}

async function sell(shop: Shop): Promise<string> {
  const { variants: [variant] } = await newProduct(await shop.owner(), { stock: 5 })
  const buyer = await shop.customer()
  await buyer.post('/v1/baskets/items', { variant_id: variant.id, quantity: 1 }, 200)
  return (await checkout(buyer, {}, {}, 201)).body.order_number
}

describe('a process that stands still', () => {
  let processes: [Host, Host]
  beforeAll(async () => {
    // Nobody but the processes of these tests works on shops here.
    await own.platform.regions.get('all')!.child.stop()
    processes = [
      new Host(registry, configOf(own.running, registry)),
      new Host(registry, configOf(own.running, registry)),
    ]
    return async () => {
      await Promise.all(processes.map((host) => host.stop()))
      await own.platform.regions.get('all')!.restart()
    }
  })
  const websites = registry.find((service) => service.name === 'websites')!
  const contextOf = (host: Host) =>
    host.systemContext(websites, platformTenant('eu-west', 's0'), 'test') as unknown as Ctx

  async function openWork(ctx: Ctx, id: string) {
    const [work] = await ctx.db.select().from(provisionings)
      .where(and(eq(provisionings.tenant_id, id), eq(provisionings.status, 'running')))
    return work!
  }

  async function resumed(ctx: Ctx, id: string, status: string): Promise<void> {
    await until(`${id} is ${status}`, async () => {
      await expire(id)
      await resumeProvisionings(ctx)
      const [row] = await rows<{ status: string }>('SELECT status FROM platform_db.tenants WHERE id = ?', [
        id,
      ])
      return (row?.status ?? 'gone') === status
    })
  }

  type Part = 'build' | 'seed' | 'verify' | 'release' | 'undo' | 'remove'

  /** Stops the first process before or after a part of its work, lets `meanwhile` happen, and wakes it up. */
  async function stopped(part: Part, when: 'before' | 'after', id: string, meanwhile: () => Promise<void>) {
    const ctx = contextOf(processes[0])
    const { shops } = ctx
    const original = shops[part] as (...args: unknown[]) => Promise<unknown>
    let wake = () => {}
    const asleep = new Promise<void>((resolve) => wake = resolve)
    let isThere = () => {}
    const there = new Promise<void>((resolve) => isThere = resolve)
    Object.assign(shops, {
      [part]: async (...args: unknown[]) => {
        if (when === 'after') await original.apply(shops, args)
        isThere()
        await asleep
        if (when === 'before') await original.apply(shops, args)
      },
    })
    const late = runProvisioning(ctx, await openWork(ctx, id))
    await there
    delete (shops as Partial<Record<Part, unknown>>)[part]
    await meanwhile()
    wake()
    await late
  }

  /** Records a shop; the process that was asked doesn't begin by itself: the tests say who works on it. */
  async function create(): Promise<string> {
    const ctx = contextOf(processes[0])
    const nothing = { db: { select: () => ({ from: () => ({ where: () => Promise.resolve([]) }) }) } }
    const idle = new Proxy(ctx, {
      get(target, key) {
        if (key === 'detached') return () => nothing
        const member = Reflect.get(target, key, target)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
    return await createTenant(idle, NewTenant.parse(newTenant()))
  }

  /** All that a process which was given up could spoil. */
  async function stateOf(id: string) {
    const made = await databasesOf(id)
    return {
      databases: made,
      tables: await rows(
        'SELECT table_schema AS a, table_name AS b FROM information_schema.tables WHERE table_schema IN (?) ORDER BY 1, 2',
        [['', ...made]],
      ),
      tenant: await rows('SELECT * FROM platform_db.tenants WHERE id = ?', [id]),
      sites: await rows('SELECT * FROM platform_db.websites WHERE tenant_id = ?', [id]),
      works: await rows(
        'SELECT id, status, error, lease, attempts FROM platform_db.provisionings WHERE tenant_id = ? ORDER BY id',
        [id],
      ),
      steps: await rows(
        'SELECT s.* FROM platform_db.provisioning_steps s JOIN platform_db.provisionings p ON p.id = s.provisioning_id WHERE p.tenant_id = ? ORDER BY 1, 2',
        [id],
      ),
      users: made.length > 0
        ? await rows(`SELECT id, password_hash FROM ${databaseName(id, 'auth')}.users`)
        : [],
      sold: made.length > 0
        ? await rows(`SELECT * FROM ${databaseName(id, 'products')}.vat_rates ORDER BY id`)
        : [],
    }
  }

  test.each(
    [
      ['build', 'before'],
      ['build', 'after'],
      ['seed', 'before'],
      ['seed', 'after'],
      ['verify', 'before'],
      ['verify', 'after'],
    ] as const,
  )('and wakes up %s (%s) finds the shop made and open, and changes nothing', async (part, when) => {
    const id = await create()
    let before: unknown
    await stopped(part, when, id, async () => {
      await resumed(contextOf(processes[1]), id, 'active')
      await rows(
        `UPDATE ${databaseName(id, 'products')}.vat_rates SET name = CONCAT(name, ' of the merchant')`,
      )
      before = await stateOf(id)
    })
    const after = await stateOf(id)
    expect(after).toEqual(before)
    expect(after.databases).toEqual(names(id, registry))
    expect(after.works).toMatchObject([{ status: 'done' }])
  })

  test.each([['build', 'before'], ['build', 'after'], ['verify', 'after']] as const)(
    'and wakes up %s (%s) finds the shop undone, and makes nothing again',
    async (part, when) => {
      const id = await create()
      await stopped(part, when, id, async () => {
        await rows(`UPDATE platform_db.provisionings SET status = 'rolling_back' WHERE tenant_id = ?`, [id])
        await resumed(contextOf(processes[1]), id, 'failed')
      })
      expect(await stateOf(id)).toMatchObject({ databases: [], tenant: [{ status: 'failed' }], sites: [] })
    },
  )

  test('while it undoes a shop that somebody else has meanwhile opened, it drops nothing', async () => {
    const id = await create()
    await rows(`UPDATE platform_db.provisionings SET attempts = 2 WHERE tenant_id = ?`, [id])
    const ctx = contextOf(processes[0])
    const work = { ...await openWork(ctx, id), status: 'rolling_back' as const }
    await resumed(contextOf(processes[1]), id, 'active')
    await runProvisioning(ctx, work)
    expect((await stateOf(id)).databases).toEqual(names(id, registry))
    // Even if the records say that it may: the shop's own databases know better.
    await rows(
      `UPDATE platform_db.tenants SET status = 'provisioning' WHERE id = ?;
       UPDATE platform_db.provisionings SET status = 'rolling_back' WHERE tenant_id = ?`,
      [id, id],
    )
    await resumed(contextOf(processes[1]), id, 'failed')
    expect((await stateOf(id)).databases).toEqual(names(id, registry))
  })

  test('while it removes a shop leaves the removal to the next, and a shop of that name alone', async () => {
    const id = await create()
    const [first, second] = processes.map(contextOf) as [Ctx, Ctx]
    await resumed(second, id, 'active')
    await deleteTenant(first, id)
    await stopped('remove', 'before', id, () => resumed(second, id, 'gone'))
    expect(await databasesOf(id)).toEqual([])
    expect(
      await rows('SELECT status FROM platform_db.provisionings WHERE tenant_id = ? AND kind = "remove"', [
        id,
      ]),
    )
      .toEqual([{ status: 'done' }])
  })

  test('a shop that could not be made can be removed', async () => {
    const id = await create()
    const ctx = contextOf(processes[1])
    await rows(`UPDATE platform_db.provisionings SET status = 'rolling_back' WHERE tenant_id = ?`, [id])
    await resumed(ctx, id, 'failed')
    await deleteTenant(ctx, id)
    await resumed(ctx, id, 'gone')
  })

  test('an older release takes over from a newer one, and takes nothing away', async () => {
    const nextServices = await nextRegistry()
    const next = new Host(nextServices, configOf(own.running, nextServices))
    try {
      const id = await create()
      const newer = contextOf(next)
      await newer.shops.build(platformShop(id), (await openWork(newer, id)).id, () => Promise.resolve(true))
      await resumed(contextOf(processes[1]), id, 'active')
      expect(await databasesOf(id)).toEqual(names(id, nextServices))
      expect(await rows(`SELECT * FROM ${databaseName(id, 'products')}.notes`)).toEqual([])
    } finally {
      await next.stop()
    }
  })
  const platformShop = (id: string) => ({ ...platformTenant('eu-west', 's0'), id })
})

test('two releases side by side: shops, sales, events and new tables', { timeout: 180_000 }, async () => {
  const oldUrl = own.platform.regionUrl
  const make = async () =>
    (await operator(at(oldUrl)).call('POST', '/platform/v1/tenants', newTenant())).body.id
  const before = await openShop(await make(), oldUrl)
  await sell(before)
  const nextServices = await nextRegistry()
  await Promise.all([
    migrateAll(nextServices, configOf(own.running, nextServices)),
    migrateAll(nextServices, configOf(own.running, nextServices)), // two at once: a deployment that was started twice
  ])
  expect(await databasesOf(before.id), 'a shop that was there').toEqual(names(before.id, nextServices))
  const between = await openShop(await make(), oldUrl)
  expect(await databasesOf(between.id), 'made by an old process').toEqual(names(between.id, registry))

  const { url } = await own.start('next')
  for (const shop of [before, between]) {
    const inNext = new Shop(at(url), { id: shop.id, domain: shop.domain, website: shop.tenant.website }, {
      plan: 'business',
      currency: 'EUR',
      prices_include_vat: true,
    })
    await until('the shop has what the new release needs, seeds included', async () => {
      const made = await databasesOf(shop.id)
      if (!made.includes(databaseName(shop.id, 'loyalty'))) return false
      return (await rows(`SELECT id FROM ${databaseName(shop.id, 'loyalty')}.points`)).length === 1
    }, 60_000)
    expect(await rows(`SELECT * FROM ${databaseName(shop.id, 'products')}.notes`)).toEqual([])
    await sell(shop)
    await sell(inNext)
  }
  const sold = await rows<{ n: number }>(
    `SELECT COUNT(*) AS n FROM ${databaseName(before.id, 'orders')}.orders`,
  )
  expect(Number(sold[0]!.n), 'nothing that was sold is lost').toBe(3)
})

test(
  'a shop whose making is killed at any step, by either release, becomes whole',
  { timeout: 240_000 },
  async () => {
    const next = await own.start('next')
    for (const [i, step] of STEPS.entries()) {
      const isOld = i % 2 === 0
      const victim = isOld ? own.platform.regionUrl : (await own.start('next')).url
      const stall = await stallAt(step, own.running)
      const { body } = await operator(at(victim)).call('POST', '/platform/v1/tenants', newTenant())
      await stall.stalled()
      if (isOld) await own.platform.regions.get('all')!.child.kill('SIGKILL')
      else await own.killed(victim)
      await stall.end()
      await expire(body.id)
      const shop = await openShop(body.id, next.url)
      await sell(shop)
      if (isOld) await own.platform.regions.get('all')!.restart()
      expect(await rows('SELECT status FROM platform_db.provisionings WHERE tenant_id = ?', [body.id]), step)
        .toEqual([{ status: 'done' }])
    }
  },
)

test('an event of the next release is no dead letter of this one: it waits for a process that can read it', {
  timeout: 180_000,
}, async () => {
  const region = own.platform.regions.get('all')!
  await region.restart() // it says but once an hour what it lets go
  const { body } = await operator(at(region.url)).call('POST', '/platform/v1/tenants', newTenant())
  const shop = await openShop(body.id, region.url)
  const nats = await connectNats(own.running.natsUrl)
  try {
    const user_id = newId('user')
    const now = new Date().toISOString()
    const event = {
      specversion: '1.0',
      id: newId('evt'),
      source: '/services/auth',
      type: userDeleted.type,
      time: now,
      subject: user_id,
      datacontenttype: 'application/json',
      dataversion: userDeleted.version + 1,
      tenantid: shop.id,
      websiteid: shop.tenant.website,
      correlationid: newId('req'),
      data: { user_id, deleted_at: now, soft_delete: true, reason: 'requested', anonymize: true },
    }
    await nats.client.publish(`events.s0.${shop.id}.${userDeleted.type}`, JSON.stringify(event))
    const consumers = ['baskets__forget-user', 'orders__anonymise-customer']
    await until('this release has met it and let it go', async () => {
      const lines = (await readFile(region.child.log, 'utf8')).split('\n')
        .filter((line) => line.includes('newer release') && line.includes(shop.id))
      return consumers.every((name) => lines.some((line) => line.includes(name)))
    })
    const applied = async () => {
      const inboxes = await Promise.all(
        ['baskets', 'orders'].map((name) =>
          shop.rows<{ consumer: string }>(name, 'SELECT consumer FROM inbox')
        ),
      )
      return inboxes.flat().map(({ consumer }) => consumer).filter((name) => consumers.includes(name)).sort()
    }
    expect(await applied()).toEqual([])

    const next = await own.start('next')
    await region.child.stop()
    await until('the next release applies it', async () => (await applied()).length === 2, 90_000)
    expect(await applied()).toEqual(consumers)
    expect((await messagesIn(nats, 'DEAD_LETTERS', `dead.*.${shop.id}.>`)).total).toBe(0)
    await own.killed(next.url)
    await region.restart()
  } finally {
    await nats.close()
  }
})
