import { Client } from '@planetscale/database'
import { afterAll, expect, inject, test } from 'vitest'
import { databasePassword, PLATFORM_DATABASE } from '../shared/db/databases.ts'
import { runRead } from '../shared/db/gateway/run.ts'
import { Pools } from '../shared/db/pools.ts'
import { EDGE_READER } from '../shared/db/edge-reader.ts'
import { edgeEnv } from '../tools/stack/platform.ts'
import { newShop } from './support/shops.ts'

/** The region's gateway, PlanetScale's driver before it and the database behind it. */
const platform = inject('platform')
const url = () => edgeEnv(platform.platformSecret, platform.regionUrl, {}).DATABASE_URL!
const reader = () => new Client({ url: url() })
const codeOf = (work: Promise<unknown>) => work.then(() => 'nothing', (error) => error.body?.code as string)

const pools = new Pools({ cap: 8 })
const { hostname, port } = new URL(platform.databaseUrl)
const target = {
  host: hostname,
  port: Number(port),
  user: EDGE_READER.user,
  password: databasePassword(platform.platformSecret, EDGE_READER.user),
  database: PLATFORM_DATABASE,
  shop: 'edge',
  limit: 4,
}
/** What the gateway runs, whatever statement it is. */
const run = (sql: string) => runRead(pools, target, sql)

afterAll(() => pools.close())

test('a shop is found by its domain with the driver of the edge; nothing else is answered', async () => {
  const { domain, id } = await newShop()
  const find = 'SELECT tenant_id FROM shop_routes WHERE domain = ? LIMIT 1'
  expect((await reader().execute(find, [domain])).rows).toEqual([{ tenant_id: id }])
  expect((await reader().execute(find, ['nobody.localhost'])).rows).toEqual([])
  for (
    const sql of ['SELECT 1', 'SELECT tenant_id FROM shop_routes', `UPDATE shop_routes SET status = 'active'`]
  ) {
    expect(await codeOf(reader().execute(sql))).toBe('PERMISSION_DENIED')
  }
  expect(await codeOf(reader().transaction((tx) => tx.execute(find, [domain])))).toBe('PERMISSION_DENIED')
})

test('only its readers are known, with their own passwords', async () => {
  for (const change of [{ password: 'wrong' }, { username: 'root' }, { username: 'x'.repeat(1_000) }]) {
    const address: URL = Object.assign(new URL(url()), change)
    const client = new Client({ url: address.href })
    expect(await codeOf(client.execute('SELECT 1'))).toBe('UNAUTHENTICATED')
  }
})

test('the driver gets every type as from PlanetScale', async () => {
  const answering = async (_: unknown, init?: { body?: string }) => {
    const result = await run(JSON.parse(init!.body!).query)
    return Response.json({ session: {}, result, timing: 0 })
  }
  const client = new Client({ url: url(), fetch: answering as never })
  const { rows } = await client.execute(
    `SELECT 1 AS i, -9007199254740993 AS big, 1.50 AS d, 1.5e0 AS f, 'é€😀' AS t, x'00ff' AS b, NULL AS n, '' AS e,
      CAST('2026-01-02 03:04:05.678' AS DATETIME(3)) AS at, ? AS quoted`,
    [`o'clock \\ "`],
  )
  expect(rows[0]).toMatchObject({
    big: '-9007199254740993',
    d: '1.50',
    f: 1.5,
    t: 'é€😀',
    n: null,
    e: '',
    at: '2026-01-02 03:04:05.678',
    quoted: `o'clock \\ "`,
  })
  expect(Number((rows[0] as { i: unknown }).i)).toBe(1)
  expect([...(rows[0] as { b: Uint8Array }).b]).toEqual([0, 255])
})

test('the reader’s rights end at its view, and it can’t write', async () => {
  for (const table of ['tenants', 'websites', 'mysql.user', 'outbox']) {
    await expect(run(`SELECT * FROM ${table}`)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
  }
  const write = run(`UPDATE shop_routes SET status = 'active'`)
  await expect(write).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
  await expect(run('SELECT 1; SELECT 2')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
})

test('a read is bounded in rows, bytes and time, and the next one goes on', async () => {
  const many = 'SELECT 1 FROM information_schema.collations a, information_schema.collations b LIMIT 5000'
  await expect(run(many)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' })
  await expect(run(`SELECT REPEAT('x', 2000000)`)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' })
  const slow = ['a', 'b', 'c', 'd'].map((name) => `information_schema.collations ${name}`)
  await expect(run(`SELECT COUNT(*) FROM ${slow}`)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  expect((await run('SELECT 1 AS one')).rows).toHaveLength(1)
})
