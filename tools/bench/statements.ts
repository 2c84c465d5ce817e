import { drizzle } from 'drizzle-orm/mysql2'
import { findDocument } from '../../services/products/queries/documents.ts'
import { listProducts } from '../../services/products/operations/products/list.ts'
import { searchProducts } from '../../services/products/operations/products/search.ts'
import { ProductFilters, SearchQuery } from '../../services/products/shapes/product.ts'
import type { Ctx } from '../../services/products/needs.ts'
import type { Executor } from '../../shared/db/database.ts'

export type Statement = { sql: string; values: (string | number | bigint | Uint8Array | null)[] }

/** What is asked of the catalogue: the region by its API, the floor by the statements behind it. */
export type Reads = {
  /** Slugs. */
  detail: string[]
  /** Query strings. */
  list: string[]
  search: string[]
}

/**
 * The statements that the products service sends for these reads. The service is asked itself, on a connection that
 * writes down what it is given and finds nothing: so the floor can't fall behind the code.
 */
export async function statementsOf(reads: Reads): Promise<Record<keyof Reads, Statement[]>> {
  const queryOf = (text: string) => Object.fromEntries(new URLSearchParams(text))
  return {
    detail: await each(reads.detail, (db, slug) => findDocument(db, slug)),
    list: await each(
      reads.list,
      (db, text) => listProducts(contextOf(db), ProductFilters.parse(queryOf(text))),
    ),
    search: await each(
      reads.search,
      (db, text) => searchProducts(contextOf(db), SearchQuery.parse(queryOf(text))),
    ),
  }
}

const contextOf = (db: Executor) => ({ db, tenant: { currency: 'EUR' } }) as unknown as Ctx

async function each<T>(
  inputs: T[],
  work: (db: Executor, input: T) => Promise<unknown>,
): Promise<Statement[]> {
  let sent: Statement[] = []
  const note = ({ sql }: { sql: string }, values: Statement['values']) => {
    sent.push({ sql, values })
    return Promise.resolve([[], []])
  }
  const db = drizzle({ query: note, execute: note } as never, { mode: 'planetscale' }) as unknown as Executor
  const statements: Statement[] = []
  for (const input of inputs) {
    sent = []
    await work(db, input)
    if (sent.length !== 1) {
      throw new Error(`${input} costs ${sent.length} statements, the floor knows reads of one`)
    }
    statements.push(sent[0]!)
  }
  return statements
}
