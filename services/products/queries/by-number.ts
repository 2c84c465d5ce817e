import { type SQL, sql } from 'drizzle-orm'
import { arg, type Executor } from '../../../shared/db/database.ts'
import { variants } from '../schema.ts'

/** Few distinct statements, as most orders are small: a list that is shorter is filled up with its last member. */
const SIZES = [1, 2, 5, 20, 100] as const

type Line = { variant_id: `var_${string}`; quantity?: number }
type Prepared<R> = (db: Executor, values?: Record<string, unknown>) => R

/** A statement about up to 100 variants, at least one: prepared for some numbers of them, and run as the next larger. */
export function byNumber<R>(build: (size: number) => Prepared<R>) {
  const statements = SIZES.map(build)
  return (db: Executor, lines: readonly Line[], values: Record<string, unknown> = {}): R => {
    const at = SIZES.findIndex((size) => size >= lines.length)
    const named = { ...values }
    for (let n = 0; n < SIZES[at]!; n++) {
      const line = lines[Math.min(n, lines.length - 1)]!
      named[`v${n}`] = line.variant_id
      named[`q${n}`] = line.quantity
    }
    return statements[at]!(db, named)
  }
}

/** Their ids, for IN. */
export const idsOf = (size: number): SQL => list(size, (n) => arg(variants.id, `v${n}`), sql`, `)

/** What is asked of the variant of a row. */
export const quantityOf = (size: number): SQL =>
  sql`CASE ${variants.id} ${
    list(size, (n) => sql`WHEN ${arg(variants.id, `v${n}`)} THEN ${sql.placeholder(`q${n}`)}`, sql` `)
  } END`

const list = (size: number, member: (n: number) => SQL, separator: SQL): SQL =>
  sql.join(Array.from({ length: size }, (_, n) => member(n)), separator)
