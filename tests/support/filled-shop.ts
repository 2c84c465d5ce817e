import { type Column, getTableColumns, getTableName } from 'drizzle-orm'
import type { MySqlTable } from 'drizzle-orm/mysql-core'
import { registry } from '../../services/registry.ts'
import { newProduct, newPromoCode, placeOrder } from './selling.ts'
import type { Shop } from './shops.ts'

const services = registry.filter((each) => each.scope === 'tenant')

/** Makes something of everything a shop can hold. */
export async function fill(shop: Shop): Promise<void> {
  const owner = await shop.owner()
  const { variants: [variant] } = await newProduct(owner, { stock: 10 })
  await newPromoCode(owner)
  await owner.post('/v1/admin/categories', { name: 'Things' }, 201)
  await owner.post('/v1/admin/brands', { name: 'Maker' }, 201)
  await owner.post('/v1/admin/product-imports', 'Handle,Title,Variant Price\na,A,1.00\n', 202, {
    'content-type': 'text/csv',
  })
  const customer = await shop.customer()
  await placeOrder(customer, variant.id)
  await customer.post('/v1/baskets/items', { variant_id: variant.id, quantity: 1 }, 200)
}

/** Every id in a shop, read where the rows lie, and the documents in them, by its prefix. */
export async function idsOf(shop: Shop): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  for (const service of services) {
    for (const table of Object.values(service.tables) as MySqlTable[]) {
      const columns = Object.values(getTableColumns(table))
        .filter((each) => each.dataType === 'json' || each.name === 'id')
      if (columns.length === 0) continue
      const names = columns.map(({ name }) => `\`${name}\``).join(', ')
      const rows = await shop.rows(service.name, `SELECT ${names} FROM \`${getTableName(table)}\``)
      for (const id of rows.flatMap((row) => columns.flatMap((each) => idsIn(each, row[each.name])))) {
        const prefix = id.split('_')[0]!
        found.set(prefix, [...found.get(prefix) ?? [], id])
      }
    }
  }
  return found
}

function idsIn(column: Column, value: unknown): string[] {
  if (value instanceof Uint8Array) return [column.mapFromDriverValue(value) as string]
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return [...text.matchAll(/"id":"([a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25})"/g)].map(([, id]) => id!)
}

/** What may change although a request was refused: who tried how often, what was told to whom. */
const RESTLESS =
  /^(outbox|inbox|idempotency_keys|audit_log|.*(attempts|throttles?|sessions|devices|imports.*))$/

/** A checksum of each table of the shop. */
export async function checksums(shop: Shop): Promise<Record<string, string>> {
  const all = await Promise.all(services.map(async (service) => {
    const names = (Object.values(service.tables) as MySqlTable[]).map((each) => getTableName(each))
    const tables = names.filter((name) => !RESTLESS.test(name)).map((name) => `\`${name}\``)
    const rows = await shop.rows<{ Table: string; Checksum: number }>(
      service.name,
      `CHECKSUM TABLE ${tables.join(', ')}`,
    )
    return rows.map((row) => [row.Table, String(row.Checksum)] as const)
  }))
  return Object.fromEntries(all.flat())
}

/** Waits until nothing is on its way any more: every event published, and nothing changes by itself. */
export async function settled(shop: Shop): Promise<Record<string, string>> {
  for (let before = await checksums(shop);;) {
    const pending = await Promise.all(
      services.map((each) =>
        shop.rows<{ n: number }>(each.name, 'SELECT COUNT(*) AS n FROM outbox WHERE published_at IS NULL')
      ),
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    const after = await checksums(shop)
    const isQuiet = pending.flat().every(({ n }) => Number(n) === 0)
    if (isQuiet && JSON.stringify(before) === JSON.stringify(after)) return after
    before = after
  }
}
