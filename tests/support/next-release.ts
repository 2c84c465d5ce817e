import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { sql } from 'drizzle-orm'
import baskets from '../../services/baskets/service.ts'
import { registry } from '../../services/registry.ts'
import { statementsOf } from '../../shared/db/ledger.ts'
import { kernelTables } from '../../shared/db/tables.ts'
import { defineService, type Service } from '../../shared/service/service.ts'

/** A release after this one: `products` has a table more, and there is a service more, `loyalty`, which seeds one row. */
export async function nextRegistry(): Promise<Service[]> {
  const next = registry.map(async (service) =>
    service.name === 'products' ? { ...service, migrations: await withNotes(service) } : service
  )
  return [...await Promise.all(next), await loyalty()]
}

async function withNotes(service: Service): Promise<URL> {
  const dir = await mkdtemp(join(tmpdir(), 'cv-next-'))
  await cp(service.migrations, dir, { recursive: true })
  await writeFile(
    join(dir, '9001_notes.sql'),
    'CREATE TABLE notes (id INT); ALTER TABLE products ADD COLUMN note TEXT',
  )
  return pathToFileURL(`${dir}/`)
}

async function loyalty(): Promise<Service> {
  const dir = await mkdtemp(join(tmpdir(), 'cv-next-'))
  const kernel = statementsOf(await readFile(new URL('0001_initial.sql', baskets.migrations), 'utf8'))
    .filter((each) => /^CREATE TABLE `(outbox|inbox|idempotency_keys|audit_log)`/.test(each))
  const own = 'CREATE TABLE points (id INT PRIMARY KEY)'
  await writeFile(join(dir, '0001_initial.sql'), [own, ...kernel].join(';\n'))
  return defineService({
    name: 'loyalty',
    summary: 'Came with the next release',
    resources: ['loyalty'],
    tables: kernelTables,
    migrations: pathToFileURL(`${dir}/`),
    endpoints: [],
    seed: (ctx) => ctx.transaction((tx) => tx.execute(sql`insert ignore into points values (1)`)),
  })
}
