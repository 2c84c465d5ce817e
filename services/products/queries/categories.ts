import { eq, sql } from 'drizzle-orm'
import { prepared } from '../../../shared/db/database.ts'
import { categories } from '../schema.ts'

/**
 * Every category that is shown, with the number of products in it and below. One statement: `reach` pairs each
 * category with all that hang below it, so that a product in two of them counts once.
 */
export const publicCategories = prepared((db) =>
  db.select({
    id: categories.id,
    parent_id: categories.parent_id,
    name: categories.name,
    slug: categories.slug,
    description: categories.description,
    image_url: categories.image_url,
    position: categories.position,
    product_count: sql`listed.product_count`.mapWith(Number),
  }).from(categories).innerJoin(
    sql`(
      WITH RECURSIVE shown AS (
        SELECT id FROM categories WHERE parent_id IS NULL AND is_active
        UNION ALL SELECT c.id FROM categories c JOIN shown ON c.parent_id = shown.id WHERE c.is_active
      ), reach AS (
        SELECT id AS top, id AS below FROM shown
        UNION ALL SELECT reach.top, c.id FROM categories c JOIN reach ON c.parent_id = reach.below WHERE c.is_active
      )
      SELECT reach.top AS id, COUNT(DISTINCT p.id) AS product_count FROM reach
      LEFT JOIN product_categories pc ON pc.category_id = reach.below
      LEFT JOIN products p ON p.id = pc.product_id AND p.status = 'active' AND p.deleted_at IS NULL
      GROUP BY reach.top
    ) AS listed`,
    eq(categories.id, sql`listed.id`),
  ).orderBy(categories.position, categories.name, categories.id)
)
