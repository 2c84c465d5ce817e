import { and, eq, sql } from 'drizzle-orm'
import { arg, prepared } from '../../../shared/db/database.ts'
import { keyset } from '../../../shared/http/pagination.ts'
import { brands } from '../schema.ts'

export const byName = keyset('name', { name: brands.name, id: brands.id })

/** A brand as shoppers see it. */
export const publicColumns = {
  id: brands.id,
  name: brands.name,
  slug: brands.slug,
  description: brands.description,
  logo_url: brands.logo_url,
  website: brands.website,
  product_count: sql`(SELECT COUNT(*) FROM products p WHERE p.brand_id = brands.id AND p.status = 'active'
    AND p.deleted_at IS NULL)`.mapWith(Number),
}
export const isShown = eq(brands.is_active, true)

export const publicBrandBy = {
  id: prepared((db) =>
    db.select(publicColumns).from(brands).where(and(isShown, eq(brands.id, arg(brands.id, 'key'))))
  ),
  slug: prepared((db) =>
    db.select(publicColumns).from(brands).where(and(isShown, eq(brands.slug, arg(brands.slug, 'key'))))
  ),
}
