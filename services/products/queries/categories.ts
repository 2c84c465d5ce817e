import { sql } from 'drizzle-orm'
import { prepared } from '../../../shared/db/database.ts'
import { idFromBytes } from '../../../shared/kernel/id.ts'

const idOf = (bytes: unknown) => idFromBytes('cat', bytes as Uint8Array)

/**
 * Every category that is shown, with the number of products in it and below. One statement: `reach` pairs each
 * category with all that hang below it, so that a product in two of them counts once.
 */
export const publicCategories = prepared((db) =>
  db.select({
    id: sql`id`.mapWith(idOf),
    parent_id: sql`parent_id`.mapWith((bytes) => bytes === null ? null : idOf(bytes)),
    name: sql<string>`name`,
    slug: sql<string>`slug`,
    description: sql<string | null>`description`,
    image_url: sql<string | null>`image_url`,
    position: sql<number>`position`,
    product_count: sql`product_count`.mapWith(Number),
  }).from(sql`(
    WITH RECURSIVE shown AS (
      SELECT id FROM categories WHERE parent_id IS NULL AND is_active
      UNION ALL SELECT c.id FROM categories c JOIN shown ON c.parent_id = shown.id WHERE c.is_active
    ), reach AS (
      SELECT id AS top, id AS below FROM shown
      UNION ALL SELECT reach.top, c.id FROM categories c JOIN reach ON c.parent_id = reach.below WHERE c.is_active
    )
    SELECT c.*, COALESCE(n.product_count, 0) AS product_count FROM shown JOIN categories c ON c.id = shown.id
    LEFT JOIN (
      SELECT reach.top, COUNT(DISTINCT pc.product_id) AS product_count FROM reach
      JOIN product_categories pc ON pc.category_id = reach.below
      JOIN products p ON p.id = pc.product_id AND p.status = 'active' AND p.deleted_at IS NULL
      GROUP BY reach.top
    ) n ON n.top = shown.id
  ) AS listed`).orderBy(sql`position`, sql`name`, sql`id`)
)
