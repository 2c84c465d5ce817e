import { and, eq, inArray, type InferSelectModel, type SQL, sql } from 'drizzle-orm'
import type { MySqlColumn, MySqlTable } from 'drizzle-orm/mysql-core'
import { Problem } from '../errors/problem.ts'
import { affectedRows, type Executor, isDuplicate } from './database.ts'

/** The only row. Throws `not_found` when there is none. */
export function found<T>(rows: T[]): T {
  const [row] = rows
  if (row === undefined) throw new Problem('not_found')
  return row
}

/** For a write by key: throws `not_found` when no row matched. */
export async function requireRow(write: PromiseLike<unknown>): Promise<void> {
  if (affectedRows(await write) === 0) throw new Problem('not_found')
}

/** Before a row goes that others refer to: throws `in_use` when `query` finds one of them. */
export async function requireUnused(query: PromiseLike<unknown[]>, detail: string): Promise<void> {
  if ((await query).length > 0) throw new Problem('in_use', detail)
}

/**
 * For `catch` after a write: a unique index that refused the row, and what to tell the caller. Throws `already_exists`.
 *
 *     .catch(onDuplicate({ vat_rates_name: 'A rate has this name already' }))
 */
export const onDuplicate = (indexes: Record<string, string>) => (error: unknown): never => {
  const taken = Object.keys(indexes).find((index) => isDuplicate(error, index))
  throw taken === undefined ? error : new Problem('already_exists', indexes[taken])
}

/** The versions of a row that a caller would change; `any`: whatever it is by now. */
export type ExpectedVersions = readonly number[] | 'any'

type Versioned = MySqlTable & { version: MySqlColumn }

/**
 * Changes the row that the caller has seen, and counts a version. `row` names it. Throws `not_found` when there is none,
 * `precondition_failed` when it is at none of the versions expected.
 */
export async function updateVersion<T extends Versioned>(
  tx: Executor,
  table: T,
  row: SQL | undefined,
  expected: ExpectedVersions,
  changes: Partial<InferSelectModel<T>>,
): Promise<void> {
  const isExpected = expected === 'any' ? undefined : inVersions(table, expected)
  const result = await tx.update(table as MySqlTable).set({ ...changes, version: sql`${table.version} + 1` })
    .where(and(row, isExpected))
  if (affectedRows(result) > 0) return
  found(await tx.select({ version: table.version }).from(table as MySqlTable).where(row).limit(1))
  throw new Problem('precondition_failed')
}

const inVersions = (table: Versioned, versions: readonly number[]): SQL =>
  versions.length === 1
    ? eq(table.version, versions[0])
    : versions.length > 0
    ? inArray(table.version, [...versions])
    : sql`false`
