import { type SQL, sql } from 'drizzle-orm'
import type { MySqlColumn } from 'drizzle-orm/mysql-core'
import { idFromBytes, isId } from '../../../shared/kernel/id.ts'
import { products, vatRates } from '../schema.ts'

/** Fragments of SQL that several reads share. They count on the names of the tables, and `v` for variants. */

/** A product's VAT rate in basis points; the read has to join `vat_rates`. */
export const rateOf = sql<
  number
>`COALESCE(${vatRates.rate}, (SELECT d.rate FROM vat_rates d WHERE d.is_default = 1), 0)`

export const isPublic = sql`${products.status} = 'active' AND ${products.deleted_at} IS NULL`

export const mainImage = sql`(SELECT JSON_ARRAY(i.url, i.alt_text) FROM product_images i
  WHERE i.product_id = ${products.id} ORDER BY i.position, i.id LIMIT 1)`

/**
 * A parameter of LIMIT or OFFSET. As a number mysql2 sends it to a prepared statement as a DOUBLE, and as text it is
 * quoted elsewhere: LIMIT refuses both.
 */
export const rowCount = (count: number): bigint => BigInt(count)

/** A condition that holds for everything while its parameter is null: the server sees that before it plans. */
export const ifGiven = (name: string, condition: SQL): SQL =>
  sql`(${sql.placeholder(name)} IS NULL OR ${condition})`

export type Members = Record<string, SQL | MySqlColumn>

/** A row as one JSON object: the driver reads one field instead of twenty, which is most of what a list costs here. */
export function jsonObject(members: Members): SQL<unknown> {
  const pairs = Object.entries(members).map(([name, value]) => sql`${sql.raw(`'${name}'`)}, ${value}`)
  return sql`JSON_OBJECT(${sql.join(pairs, sql`, `)})`
}

export const hex = (column: MySqlColumn): SQL => sql`HEX(${column})`

/** RFC 3339. */
export const instantText = (column: MySqlColumn): SQL => sql`DATE_FORMAT(${column}, '%Y-%m-%dT%H:%i:%s.%fZ')`

/** JSON of an aggregate comes as text or read already, by server and driver. Null stays null. */
export function fromJson<T>(value: unknown): T {
  return (typeof value === 'string' ? JSON.parse(value) : value) as T
}

/** Ids within JSON are hexadecimal: binary has no place there. */
export const idFromHex = <P extends string>(prefix: P, hex: string) =>
  idFromBytes(prefix, Buffer.from(hex, 'hex'))

/** Which column a path or a filter means. */
export const keyOf = (prefix: string, value: string): 'id' | 'slug' => isId(prefix, value) ? 'id' : 'slug'
