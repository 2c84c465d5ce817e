import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import baskets from '../../services/baskets/service.ts'
import { registry } from '../../services/registry.ts'
import { statementsOf } from '../../shared/db/ledger.ts'
import { kernelTables } from '../../shared/db/tables.ts'
import { ok, route } from '../../shared/http/route.ts'
import { defineService, type Service } from '../../shared/service/service.ts'

/**
 * A release after this one: `products` has a table more, and there is a service more, `loyalty`, which seeds one row
 * and counts its rows at `GET /v1/loyalty`.
 */
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
  const count = route({
    operationId: 'countPoints',
    method: 'get',
    path: '/loyalty',
    summary: 'How many there are',
    tags: ['Loyalty'],
    access: 'public',
    responses: { 200: ok(z.object({ points: z.int() }), 'Their number') },
  })
  return defineService({
    name: 'loyalty',
    summary: 'Came with the next release',
    resources: ['loyalty'],
    tables: kernelTables,
    migrations: pathToFileURL(`${dir}/`),
    endpoints: [(app) => {
      app.openapi(count, async (c) => {
        const [rows] = await c.var.ctx.db.execute(sql`select count(*) as n from points`) as unknown as [
          { n: number }[],
        ]
        return c.json({ points: Number(rows[0]!.n) }, 200)
      })
    }],
    seed: (ctx) => ctx.transaction((tx) => tx.execute(sql`insert ignore into points values (1)`)),
  })
}
