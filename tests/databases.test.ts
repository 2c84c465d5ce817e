import { createHash, randomBytes } from 'node:crypto'
import mysql, { type Connection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { DatabaseAdmin, type Migration } from '../shared/db/admin.ts'
import { databaseName, databasePassword, userName } from '../shared/db/databases.ts'

/** What the account that makes and removes databases may do to whom. On databases of its own names. */
const hex = randomBytes(3).toString('hex')
const { databaseUrl, platformSecret } = inject('platform')
const made = new Set<string>()
let root: Connection
let admin: DatabaseAdmin

const named = (tenant: string, service = 'orders') => {
  const name = databaseName(tenant, service)
  made.add(name)
  return name
}
const exists = async (name: string) =>
  ((await root.query('SELECT 1 FROM information_schema.schemata WHERE schema_name = ?', [name]))[
    0
  ] as unknown[])
    .length === 1

beforeAll(async () => {
  root = await mysql.createConnection({ uri: databaseUrl, multipleStatements: true })
  admin = await DatabaseAdmin.connect(databaseUrl, platformSecret)
})
afterAll(async () => {
  for (const name of made) await admin.drop(name)
  await Promise.all([root.end(), admin.close()])
})

async function seenBy(database: string): Promise<string[]> {
  const { hostname, port } = new URL(databaseUrl)
  const user = userName(database)
  const own = await mysql.createConnection({
    host: hostname,
    port: Number(port),
    user,
    password: databasePassword(platformSecret, user),
  })
  const [rows] = await own.query('SHOW DATABASES')
  await own.end()
  return (rows as { Database: string }[]).map((row) => row.Database).filter((name) =>
    name !== 'information_schema'
  )
}

test('the user of a database sees no other, not even one whose name differs where it has an underscore', async () => {
  const [own, neighbour] = [named(`g${hex}-b`), named(`g${hex}xb`)]
  await admin.create(own)
  await admin.create(neighbour)
  expect(await seenBy(own)).toEqual([own])
})

test('a right that was granted with wildcards is taken back', async () => {
  const [own, neighbour] = [named(`m${hex}-b`), named(`m${hex}xb`)]
  await admin.create(own)
  await admin.create(neighbour)
  await root.query(`GRANT SELECT ON \`${own}\`.* TO ?@'%'`, [userName(own)])
  expect(await seenBy(own)).toEqual(expect.arrayContaining([own, neighbour]))
  await admin.create(own)
  expect(await seenBy(own)).toEqual([own])
})

test('a database with somebody else’s tables is neither taken up nor dropped by who makes a shop', async () => {
  const database = named(`f${hex}`)
  await root.query(`CREATE DATABASE ${database}; CREATE TABLE ${database}.sold (id INT)`)
  await expect(admin.createFor('prov_a', database)).rejects.toThrow('made by somebody else')
  await admin.dropOf('prov_a', database)
  expect(await exists(database)).toBe(true)
})

test('its maker takes a database up again and may drop it; nobody else, and nobody once it is released', async () => {
  const database = named(`o${hex}`)
  await admin.createFor('prov_a', database)
  await root.query(`CREATE TABLE ${database}.t (id INT)`)
  await admin.createFor('prov_a', database)
  await expect(admin.createFor('prov_b', database)).rejects.toThrow('made by somebody else')
  await admin.dropOf('prov_b', database)
  expect(await exists(database)).toBe(true)
  await admin.release('prov_a', database)
  await admin.dropOf('prov_a', database)
  expect(await exists(database)).toBe(true)
})

test('what a kill left between the database and its mark is taken up, and dropped', async () => {
  const database = named(`k${hex}`)
  await root.query(`CREATE DATABASE ${database}`)
  await admin.createFor('prov_a', database)
  await admin.dropOf('prov_a', database)
  expect(await exists(database)).toBe(false)
})

test('the databases of a tenant are found, those of unknown services too, those of tenants named alike not', async () => {
  const tenant = `t${hex}-abcdef`
  const own = [named(tenant), named(tenant, 'loyalty')]
  const others = [named(`${tenant}-abcdef`), named(`${tenant}x`), named(`t${hex}xabcdef`)]
  for (const name of [...own, ...others]) await root.query(`CREATE DATABASE ${name}`)
  expect((await admin.databasesOf(tenant)).sort()).toEqual([...own].sort())
})

const DDL = [
  'CREATE TABLE parent (id INT PRIMARY KEY)',
  'CREATE TABLE child (id INT, parent_id INT, old INT, KEY child_old (old))',
  'ALTER TABLE child ADD COLUMN extra INT',
  'ALTER TABLE child ADD PRIMARY KEY (id)',
  'CREATE INDEX child_extra ON child (extra)',
  'ALTER TABLE child ADD CONSTRAINT child_parent FOREIGN KEY (parent_id) REFERENCES parent (id)',
  'DROP INDEX child_old ON child',
  'ALTER TABLE child DROP COLUMN old',
  'CREATE VIEW children AS SELECT id FROM child',
  'ALTER TABLE child MODIFY COLUMN extra BIGINT',
  'DROP VIEW children',
  'ALTER TABLE child DROP FOREIGN KEY child_parent',
  'DROP TABLE parent',
]
const migration = (name: string, sql: string): Migration => ({
  name,
  sql,
  checksum: createHash('sha256').update(sql).digest('hex'),
})

test('a migration that was killed after a statement’s effect, before it was noted, goes on', async () => {
  const database = named(`r${hex}`)
  await admin.create(database)
  for (const [i, statement] of DDL.entries()) {
    const each = migration(`${i}`, `${statement}; INSERT INTO log VALUES (${i})`)
    if (i === 0) await root.query(`CREATE TABLE ${database}.log (id INT PRIMARY KEY)`)
    expect(await admin.migrate(database, [each]), statement).toEqual([each.name])
    await root.query(
      `UPDATE ${database}.migrations SET statements_done = 0, applied_at = NULL WHERE name = ?;
       DELETE FROM ${database}.log`,
      [each.name],
    )
    expect(await admin.migrate(database, [each]), `${statement}, again`).toEqual([each.name])
    expect(await admin.migrate(database, [each])).toEqual([])
  }
})

test('a statement that the server refuses stops a migration, and is run again until it is accepted', async () => {
  const database = named(`s${hex}`)
  await admin.create(database)
  await root.query(`CREATE TABLE ${database}.taken (id INT)`)
  const each = migration(
    '0001',
    'CREATE TABLE a (id INT); CREATE TABLE taken (id INT); INSERT INTO a VALUES (1)',
  )
  await expect(admin.migrate(database, [each])).rejects.toThrow('taken')
  await expect(admin.migrate(database, [each])).rejects.toThrow('taken')
  await root.query(`DROP TABLE ${database}.taken`)
  await admin.migrate(database, [each])
  expect((await root.query(`SELECT COUNT(*) AS n FROM ${database}.a`))[0]).toEqual([{ n: 1 }])
})

test(
  'a process that stands still loses its lock and can do nothing afterwards',
  { timeout: 60_000 },
  async () => {
    const database = named(`l${hex}`)
    await admin.create(database)
    const stale = await DatabaseAdmin.connect(databaseUrl, platformSecret)
    let wake = () => {}
    const asleep = new Promise<void>((resolve) => wake = resolve)
    let isIn = () => {}
    const inside = new Promise<void>((resolve) => isIn = resolve)
    const late = stale.exclusively(`still-${hex}`, async () => {
      isIn()
      await asleep
      await stale.drop(database)
    })
    await inside
    await admin.exclusively(
      `still-${hex}`,
      () => admin.migrate(database, [migration('1', 'CREATE TABLE t (id INT)')]),
    )
    wake()
    await expect(late).rejects.toThrow()
    expect(await exists(database)).toBe(true)
    await stale.close()
  },
)
