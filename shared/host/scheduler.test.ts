import { afterEach, expect, test, vi } from 'vitest'
import type { Due, Place } from '../db/due/due-work.ts'
import type { Executor } from '../db/database.ts'
import type { Context } from '../service/context.ts'
import { Scheduler } from './scheduler.ts'
import { defineService, type Job } from '../service/service.ts'
import type { Tenant } from '../kernel/tenant.ts'

vi.mock('../db/purge.ts', () => ({ purge: () => Promise.resolve(false) }))
vi.mock('./visit.ts', async (original) => ({
  ...await original<typeof import('./visit.ts')>(),
  nextUnpublished: () => Promise.resolve(null),
}))

/** The index in memory, as one process sees it. */
class Index {
  readonly rows = new Map<string, Due & { dueAt: Date }>()
  readonly known: Place[] = []
  readonly forgotten: string[] = []
  renewed = 0

  add(tenant: string, changes: Partial<Due> = {}): void {
    const upkeepAt = new Date(Date.now() + 1e9)
    this.rows.set(tenant, {
      service: 'orders',
      tenant,
      upkeepAt,
      failures: 0,
      dueAt: new Date(0),
      ...changes,
    })
  }
  claim(_: string[], busy: string[], limit: number, now: Date, lease: Date): Promise<Due[]> {
    const due = [...this.rows.values()].filter((row) => row.dueAt <= now && !busy.includes(row.tenant)).slice(
      0,
      limit,
    )
    for (const row of due) row.dueAt = lease
    return Promise.resolve(due.map((row) => ({ ...row })))
  }
  settle({ tenant, upkeepAt, failures }: Due, _: Date, next: Date): Promise<void> {
    Object.assign(this.rows.get(tenant)!, { upkeepAt, failures, dueAt: next })
    return Promise.resolve()
  }
  renew = () => Promise.resolve(void this.renewed++)
  know = (places: Place[]) => Promise.resolve(void this.known.push(...places))
  forget = ({ tenant }: Place) =>
    Promise.resolve(void (this.rows.delete(tenant), this.forgotten.push(tenant)))
}

let scheduler: Scheduler | undefined
let release: (() => void)[] = []
const hang = () => new Promise<void>((resolve) => release.push(resolve))

/** A scheduler of one service with one job, over shops that exist unless they are called gone. */
function schedule(job: Partial<Job>, look = (_: string) => Promise.resolve()) {
  const index = new Index()
  const warned: Record<string, unknown>[] = []
  const service = defineService({
    name: 'orders',
    summary: '',
    resources: [],
    tables: {},
    migrations: new URL('file:///'),
    endpoints: [],
    jobs: [{ name: 'job', run: () => Promise.resolve(), ...job }],
  })
  const tenant = (id: string) => ({ id }) as Tenant
  scheduler = new Scheduler([service], {
    dueWork: index,
    databases: { target: (shop: string) => ({ shop }) },
    roamer: {
      visit: async ({ shop }: { shop: string }, read: (db: Executor) => Promise<unknown>) => {
        await look(shop)
        return await read({} as Executor)
      },
    },
    relay: {},
    log: { warn: (_: string, about: Record<string, unknown>) => warned.push(about) },
    tenants: () => Promise.resolve(['a', 'b'].map(tenant)),
    tenant: (id: string) => Promise.resolve(id === 'gone' ? undefined : tenant(id)),
    databaseOf: () => ({}),
    contextOf: (_: unknown, { id }: Tenant) => id,
    platform: tenant('platform'),
  } as never)
  return { index, warned, start: () => scheduler!.start(1_000) }
}
/** A job that is due until it has run, once for each shop. */
function once() {
  const ran: string[] = []
  return {
    ran,
    job: {
      next: () => Promise.resolve(new Date(0)),
      pauseMs: 1e6,
      run: (shop: Context) => Promise.resolve(ran.push(shop as never)),
    },
  }
}

afterEach(async () => {
  for (const each of release) each()
  release = []
  vi.useRealTimers()
  await scheduler?.stop()
})

test('what is due runs, in every shop, and is not looked at again before it is due', async () => {
  const { ran, job } = once()
  const { index, start } = schedule(job)
  for (let i = 0; i < 50; i++) index.add(`shop-${i}`)
  start()
  await vi.waitFor(() => expect(ran).toHaveLength(50))
  await vi.waitFor(() =>
    expect([...index.rows.values()].every(({ dueAt }) => dueAt.getTime() > Date.now() + 1e5)).toBe(true)
  )
  expect(new Set(ran).size).toBe(50)
})

test('every shop is put on record at the start', async () => {
  const { index, start } = schedule({})
  start()
  await vi.waitFor(() => expect(index.known.map(({ tenant }) => tenant)).toEqual(['a', 'b']))
})

test('a shop that fails is visited later and later, with a word in the log, and delays no other', async () => {
  const { ran, job } = once()
  const { index, warned, start } = schedule(
    job,
    (shop) => shop === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve(),
  )
  index.add('bad', { failures: 7 })
  index.add('good')
  start()
  await vi.waitFor(() => expect(ran).toEqual(['good']))
  await vi.waitFor(() => expect(index.rows.get('bad')!.failures).toBe(8))
  expect(index.rows.get('bad')!.dueAt.getTime()).toBeGreaterThan(Date.now() + 200_000)
  expect(warned).toMatchObject([{ service: 'orders', tenant: 'bad' }])
})

test('shops whose work hangs make room for others after a while, and keep their claim', async () => {
  vi.useFakeTimers()
  const ran: string[] = []
  const run = (shop: Context) =>
    String(shop).startsWith('hangs') ? hang() : Promise.resolve(ran.push(shop as never))
  const { index, start } = schedule({ ...once().job, run })
  for (let i = 0; i < 40; i++) index.add(`hangs-${i}`)
  index.add('good')
  start()
  await vi.advanceTimersByTimeAsync(4_000)
  expect(ran).toEqual([])
  await vi.advanceTimersByTimeAsync(8_000)
  expect(ran).toEqual(['good'])
  expect(index.renewed).toBeGreaterThan(0)
})

test('a shop that is gone is forgotten', async () => {
  const { index, start } = schedule({})
  index.add('gone')
  start()
  await vi.waitFor(() => expect(index.forgotten).toEqual(['gone']))
})

test('stopping lets what runs come to its end and begins nothing more', async () => {
  const ran: string[] = []
  const { index, start } = schedule({
    ...once().job,
    run: (shop: Context) => hang().then(() => ran.push(shop as never)),
  })
  index.add('a')
  start()
  await vi.waitFor(() => expect(release).toHaveLength(1))
  const stopped = scheduler!.stop()
  index.add('b')
  release[0]!()
  await stopped
  expect(ran).toEqual(['a'])
})
