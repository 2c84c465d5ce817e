import type { Connection } from 'mysql2/promise'
import { afterEach, expect, test, vi } from 'vitest'
import type { Mode } from './connection.ts'
import { type PooledConnection, Pools, type Target } from './pools.ts'

/** Connections that lead nowhere, and what became of them. */
class Server {
  open = 0
  opened: string[] = []
  isDown = false
  /** While set, connections are not there yet. */
  gate?: Promise<void>
  readonly #onError = new Map<object, () => void>()

  /** What connections were told besides, in order. */
  readonly told: string[] = []
  isDeaf = false

  connect = async ({ user }: { user: string }, { mode }: { mode: Mode }): Promise<Connection> => {
    await this.gate
    if (this.isDown) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    this.open++
    this.opened.push(mode === 'statements' ? user : `${user} ${mode}`)
    const close = () => void (stream.destroyed = stream.destroyed || (this.open--, true))
    const stream = { destroyed: false }
    const connection = {
      connection: { stream },
      query: (sql: string) => {
        this.told.push(sql)
        return this.isDeaf ? Promise.reject(new Error('lost')) : Promise.resolve()
      },
      destroy: close,
      end: () => Promise.resolve(close()),
      on: (_: string, listener: () => void) => this.#onError.set(connection, listener),
    }
    return connection as unknown as Connection
  }

  lose({ connection }: PooledConnection): void {
    connection.destroy()
    this.#onError.get(connection)!()
  }
}

let pools: Pools
let server: Server

const make = (options: Partial<ConstructorParameters<typeof Pools>[0]> = {}) => {
  server = new Server()
  return pools = new Pools({ cap: 8, connect: server.connect, ...options })
}
const target = (shop: string, service = 'orders', limit = 100): Target => ({
  host: 'h',
  port: 1,
  user: `${shop}/${service}`,
  password: 'p',
  database: `${shop}_${service}_db`,
  shop,
  limit,
})
/** `count` connections of a shop, those that come at once and those that are waited for. */
const take = async (shop: string, count: number, service?: string, limit?: number) => {
  const got: PooledConnection[] = []
  const refused: unknown[] = []
  for (let i = 0; i < count; i++) {
    void pools.acquire(target(shop, service, limit)).then((each) => got.push(each), (e) => refused.push(e))
  }
  await settled()
  return { got, refused }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))
const refusal = expect.objectContaining({ code: 'unavailable', headers: { 'retry-after': '1' } })

afterEach(async () => {
  vi.useRealTimers()
  await pools.close()
})

test('a connection is used again, and opened only where none rests', async () => {
  make()
  const first = await pools.acquire(target('a'))
  pools.release(first)
  expect(await pools.acquire(target('a'))).toBe(first)
  await pools.acquire(target('a'))
  expect(server.opened).toEqual(['a/orders', 'a/orders'])
  expect(pools.figures).toEqual({ open: 2, busy: 2, cap: 8, databases: 1, waiting: 0 })
})

test('a shop alone gets half of the cap: another finds a connection without waiting, however busy the first is', async () => {
  make()
  const a = await take('a', 50)
  expect(a.got).toHaveLength(4)
  const b = await take('b', 1)
  expect(b.got).toHaveLength(1)
})

test('a shop counts over all its databases', async () => {
  make()
  const orders = await take('a', 50)
  const products = await take('a', 50, 'products')
  expect(orders.got.length + products.got.length).toBe(4)
})

test('shops that all want everything share the cap evenly, and leave a place for one more', async () => {
  make({ cap: 16, maxWaiting: 1_000 })
  const wants = await Promise.all(['a', 'b', 'c'].map((shop) => take(shop, 60)))
  for (let round = 0; round < 30; round++) {
    for (const each of wants) if (each.got.length > 0) pools.release(each.got.shift()!)
    await settled()
    const held = wants.map((each) => each.got.length)
    // The first had eight before the others came.
    if (round > 8) expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(1)
  }
  expect((await take('d', 1)).got).toHaveLength(1)
})

test('what is released goes to the shop that uses least, not to the one that released it', async () => {
  make({ cap: 4 })
  const a = await take('a', 20)
  const b = await take('b', 20)
  expect([a.got.length, b.got.length]).toEqual([2, 1])
  const c = await take('c', 1)
  const d = await take('d', 1)
  expect([c.got.length, d.got.length], 'at the cap').toEqual([1, 0])
  pools.release(a.got.shift()!)
  await settled()
  expect(d.got).toHaveLength(1)
  expect([a.got.length, b.got.length]).toEqual([1, 1])
})

test('one shop that hammers cannot starve others: each of them gets a turn at every other release', async () => {
  make({ cap: 2 })
  const hammer = await take('hammer', 9)
  const others = ['b', 'c', 'd', 'e']
  const got: string[] = []
  const release = async (pooled: PooledConnection) => {
    pools.release(pooled)
    await settled()
  }
  const waiting = others.map((shop) =>
    pools.acquire(target(shop)).then(async (pooled) => (got.push(shop), await release(pooled)))
  )
  for (let i = 0; i < 3 && hammer.got.length > 0; i++) await release(hammer.got.shift()!)
  await Promise.all(waiting)
  expect(got).toEqual(others)
})

test('a database gets no more than its limit, and its waiters hold up no other database', async () => {
  make()
  const orders = await take('a', 3, 'orders', 1)
  expect(orders.got).toHaveLength(1)
  expect((await take('a', 1, 'products', 1)).got).toHaveLength(1)
})

test('a limit that rose or fell with the plan holds for connections that are open already', async () => {
  make({ cap: 100 })
  const before = await take('a', 3, 'orders', 2)
  expect(before.got).toHaveLength(2)
  const after = await take('a', 1, 'orders', 4)
  pools.release(before.got.shift()!)
  await settled()
  expect(before.got.length + after.got.length, 'the waiters of before too').toBe(3)
  void pools.acquire(target('a', 'orders', 1)).then(pools.release.bind(pools))
  for (const each of [...before.got, ...after.got]) pools.release(each)
  await settled()
  expect(server.open).toBe(1)
})

test('at the cap the connection that rested longest makes room', async () => {
  make({ cap: 4 })
  const [first] = (await take('a', 1)).got
  const [second] = (await take('b', 1)).got
  vi.useFakeTimers({ toFake: ['Date'] })
  pools.release(second!)
  vi.advanceTimersByTime(5)
  pools.release(first!)
  for (const shop of ['c', 'd', 'e']) await pools.acquire(target(shop))
  expect(server.open).toBe(4)
  expect(await pools.acquire(target('a'))).toBe(first)
})

test('whoever waits too long is told to come back, and its place is free', async () => {
  make({ waitMs: 5 })
  const { got, refused } = await take('a', 5)
  await vi.waitFor(() => expect(refused).toEqual([refusal]))
  expect(pools.figures.waiting).toBe(0)
  pools.release(got[0]!)
  expect(pools.figures.busy).toBe(3)
})

test('a waiter whose time ends while its connection is being opened still gets it', async () => {
  make({ cap: 2, waitMs: 20 })
  const held = (await take('a', 1)).got[0]!
  const waiting = pools.acquire(target('a', 'products'))
  let open = () => {}
  server.gate = new Promise((resolve) => open = resolve)
  pools.release(held)
  await new Promise((resolve) => setTimeout(resolve, 30))
  open()
  const pooled = await waiting
  pools.release(pooled)
  expect(pools.figures.busy).toBe(0)
})

test('places to wait in are shared too: one shop fills half of them and is refused beyond, another still finds one', async () => {
  make({ maxWaiting: 10 })
  const a = await take('a', 100)
  expect(a.refused).toHaveLength(100 - 4 - 5)
  expect(a.refused[0]).toEqual(refusal)
  const b = await take('b', 3)
  expect(b.refused).toEqual([])
})

test('a refused connection frees its place and fails its own request only', async () => {
  make({ cap: 2 })
  const held = (await take('a', 1)).got[0]!
  const { got, refused } = await take('a', 2, 'products')
  server.isDown = true
  pools.discard(held)
  await settled()
  expect(refused).toHaveLength(2)
  expect(pools.figures).toMatchObject({ open: 0, busy: 0, databases: 0, waiting: 0 })
  server.isDown = false
  expect(got).toEqual([])
  await pools.acquire(target('a'))
})

test('a connection that was lost is handed to nobody', async () => {
  make()
  const resting = await pools.acquire(target('a'))
  pools.release(resting)
  server.lose(resting)
  const used = await pools.acquire(target('a'))
  expect(used).not.toBe(resting)
  server.lose(used)
  pools.release(used)
  expect(pools.figures).toMatchObject({ open: 0, busy: 0, databases: 0 })
})

test('closing closes what rests, refuses who waits, and takes back what is in use', async () => {
  make()
  const { got, refused } = await take('a', 6)
  pools.release((await take('b', 1)).got[0]!)
  await pools.close()
  await settled()
  expect(refused).toEqual([refusal, refusal])
  for (const pooled of got) pools.release(pooled)
  expect(server.open).toBe(0)
  await expect(pools.acquire(target('a'))).rejects.toEqual(refusal)
})

test('nothing is remembered of a database without connections', async () => {
  make({ maxWaiting: 0 })
  for (let i = 0; i < 100; i++) pools.discard(await pools.acquire(target(`shop-${i}`)))
  await take('a', 20, 'orders', 1)
  expect(pools.figures.databases).toBe(1)
})

test('a transaction gets a connection that needs no begin, and so does the next', async () => {
  make()
  for (let i = 0; i < 3; i++) pools.release(await pools.acquire(target('a'), 'transaction'))
  expect(server.opened).toEqual(['a/orders transaction'])
  expect(server.told).toEqual([])
})

test('a statement never gets a connection that would leave it uncommitted', async () => {
  make()
  const first = await pools.acquire(target('a'), 'transaction')
  pools.release(first)
  const second = await pools.acquire(target('a'))
  expect(second, 'rather than opening one, as nothing else is going on').toBe(first)
  expect(second.mode).toBe('statements')
  expect(server.told).toEqual(['SET SESSION autocommit = 1'])
})

test('a database that is used by one at a time keeps one connection, and is told no more than a begin', async () => {
  make()
  for (let i = 0; i < 3; i++) {
    pools.release(await pools.acquire(target('a')))
    pools.release(await pools.acquire(target('a'), 'transaction'))
  }
  expect(server.opened).toEqual(['a/orders'])
  expect(server.told).toEqual(['begin', 'begin', 'begin'])
})

test('where others are in use both kinds are kept, and none is changed to and fro', async () => {
  make()
  const busy = await pools.acquire(target('a'))
  for (let i = 0; i < 3; i++) {
    pools.release(await pools.acquire(target('a'), 'transaction'))
    pools.release(await pools.acquire(target('a')))
  }
  pools.release(busy)
  expect(server.opened).toEqual(['a/orders', 'a/orders transaction', 'a/orders'])
  expect(server.told).toEqual([])
})

test('a database at its limit has its connections changed', async () => {
  make()
  const busy = await pools.acquire(target('a', 'orders', 2))
  pools.release(await pools.acquire(target('a', 'orders', 2)))
  const changed = await pools.acquire(target('a', 'orders', 2), 'transaction')
  expect(changed).not.toBe(busy)
  expect(server.told).toEqual(['SET SESSION autocommit = 0'])
  expect(server.open).toBe(2)
})

test('whoever waited gets what it waited for', async () => {
  make({ cap: 2 })
  const held = await pools.acquire(target('a'))
  const waiting = pools.acquire(target('a'), 'transaction')
  pools.release(held)
  await waiting
  expect(server.told).toEqual(['begin'])
})

test('a connection that could not be changed is handed to nobody', async () => {
  make()
  const first = await pools.acquire(target('a'), 'transaction')
  pools.release(first)
  server.isDeaf = true
  await expect(pools.acquire(target('a'))).rejects.toThrow('lost')
  expect(pools.figures).toMatchObject({ open: 0, busy: 0, databases: 0 })
})

test('who came soon after another passes it where the connection suits it as it is; later ones do not', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  make({ cap: 2 })
  const held = await pools.acquire(target('a'), 'transaction')
  const served: string[] = []
  const wait = (name: string, mode: Mode) =>
    pools.acquire(target('a'), mode).then((pooled) => (served.push(name), pools.release(pooled)))
  const all = [wait('statement', 'statements'), wait('soon', 'transaction')]
  vi.advanceTimersByTime(30)
  all.push(wait('later', 'transaction'))
  pools.release(held)
  await Promise.all(all)
  expect(served).toEqual(['soon', 'statement', 'later'])
  expect(server.told).toEqual(['SET SESSION autocommit = 1', 'begin'])
})
