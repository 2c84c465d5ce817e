import { eq } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import { found, onDuplicate } from '../../../../shared/db/rows.ts'
import { brands } from '../../schema.ts'
import type { AdminBrand } from '../../shapes/brand.ts'

type Row = typeof brands.$inferSelect
export type BrandId = Row['id']

/** Throws `not_found`. */
export async function fetchBrand(db: Executor, id: BrandId): Promise<Row> {
  return found(await db.select().from(brands).where(eq(brands.id, id)))
}

/** The same, and nobody changes it, nor makes a product of it, until the end of the transaction. */
export async function lockBrand(tx: Executor, id: BrandId): Promise<Row> {
  return found(await tx.select().from(brands).where(eq(brands.id, id)).for('update'))
}

export const showAdminBrand = (
  { id, name, slug, description, logo_url, website, is_active }: Row,
): AdminBrand => ({ id, name, slug, description, logo_url, website, is_active })

export const refuseTaken = onDuplicate({
  brands_slug: 'A brand has this slug already',
  brands_name_key: 'A brand has this name already',
})
