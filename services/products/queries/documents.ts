import { eq } from 'drizzle-orm'
import { arg, type Executor, prepared } from '../../../shared/db/database.ts'
import { productDocuments } from '../schema.ts'
import { keyOf } from './sql.ts'

const { product_id, slug, detail, etag } = productDocuments

const by = {
  id: prepared((db) =>
    db.select({ detail, etag }).from(productDocuments).where(eq(product_id, arg(product_id, 'key')))
  ),
  slug: prepared((db) =>
    db.select({ detail, etag }).from(productDocuments).where(eq(slug, arg(slug, 'key')))
  ),
}

export type StoredAnswer = { detail: string; etag: string }

/** What shoppers see of a product, by its id or slug. Undefined for what they don't. One look-up by key. */
export async function findDocument(db: Executor, idOrSlug: string): Promise<StoredAnswer | undefined> {
  const [row] = await by[keyOf('prod', idOrSlug)](db, { key: idOrSlug })
  return row
}
