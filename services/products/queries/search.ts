import { desc, eq, sql } from 'drizzle-orm'
import { arg, prepared } from '../../../shared/db/database.ts'
import { brands, products, vatRates } from '../schema.ts'
import { cardColumns } from './cards.ts'
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
  return db.select(cardColumns).from(page)
    .innerJoin(products, eq(products.id, page.id))
    .leftJoin(brands, eq(brands.id, products.brand_id))
    .leftJoin(vatRates, eq(vatRates.id, products.vat_rate_id))
    .orderBy(desc(page.rank), desc(page.score), desc(products.id))
})
