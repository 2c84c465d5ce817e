import { desc, eq, sql } from 'drizzle-orm'
import { arg, prepared } from '../../../shared/db/database.ts'
import { productDocuments, products } from '../schema.ts'
import { places } from './filters.ts'
import { isPublic } from './sql.ts'

/** The reference itself, then names that begin with or hold what was typed, then how telling the words are. */
const rank = sql<number>`(${products.ref} = ${arg(products.ref, 'typed')}) * 4
  + (${products.name} LIKE ${sql.placeholder('begins')}) * 2 + (${products.name} LIKE ${
  sql.placeholder('holds')
})`
const score = places.match

/** Parameters: match, typed, begins, holds, limit and offset (as text). */
export const searchCards = prepared((db) => {
  const page = db.select({
    id: products.id,
    rank: rank.as('relevance'),
    score: sql<number>`${score}`.as('score'),
  }).from(products)
    .where(sql`${isPublic} AND ${score}`)
    .orderBy(desc(sql`relevance`), desc(sql`score`), desc(products.id))
    .limit(sql.placeholder('limit')).offset(sql.placeholder('offset'))
    .as('page')
  return db.select({ card: productDocuments.card }).from(page)
    .innerJoin(productDocuments, eq(productDocuments.product_id, page.id))
    .orderBy(desc(page.rank), desc(page.score), desc(page.id))
})
