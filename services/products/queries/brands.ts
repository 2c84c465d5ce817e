import { and, asc, eq, sql } from 'drizzle-orm'
import { arg, prepared } from '../../../shared/db/database.ts'
import { brands } from '../schema.ts'

const columns = {
  id: brands.id,
  name: brands.name,
  slug: brands.slug,
  description: brands.description,
  logo_url: brands.logo_url,
  website: brands.website,
  product_count: sql`(SELECT COUNT(*) FROM products p WHERE p.brand_id = brands.id AND p.status = 'active'
    AND p.deleted_at IS NULL)`.mapWith(Number),
}
const isShown = eq(brands.is_active, true)

export const brandPage = prepared((db) =>
  db.select(columns).from(brands).where(isShown).orderBy(asc(brands.name), asc(brands.id)).limit(
    sql.placeholder('limit'),
  )
)
export const brandPageAfter = prepared((db) =>
  db.select(columns).from(brands)
    .where(and(
      isShown,
      sql`${brands.name} >= ${sql.placeholder('after')}
      AND (${brands.name} > ${sql.placeholder('after')} OR ${brands.id} > ${arg(brands.id, 'after_id')})`,
    ))
    .orderBy(asc(brands.name), asc(brands.id)).limit(sql.placeholder('limit'))
)
export const publicBrandBy = {
  id: prepared((db) =>
    db.select(columns).from(brands).where(and(isShown, eq(brands.id, arg(brands.id, 'key'))))
  ),
  slug: prepared((db) =>
    db.select(columns).from(brands).where(and(isShown, eq(brands.slug, arg(brands.slug, 'key'))))
  ),
}
