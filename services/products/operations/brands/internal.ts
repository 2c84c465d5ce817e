import { eq } from 'drizzle-orm'
import { type Executor, isDuplicate } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { brands } from '../../schema.ts'
import type { AdminBrand } from '../../shapes/brand.ts'

type Row = typeof brands.$inferSelect
export type BrandId = Row['id']

/** Throws `not_found`. */
export async function fetchBrand(db: Executor, id: BrandId): Promise<Row> {
  const [row] = await db.select().from(brands).where(eq(brands.id, id))
  if (!row) throw new Problem('not_found')
  return row
}

/** The same, and nobody changes it, nor makes a product of it, until the end of the transaction. */
export async function lockBrand(tx: Executor, id: BrandId): Promise<Row> {
  const [row] = await tx.select().from(brands).where(eq(brands.id, id)).for('update')
  if (!row) throw new Problem('not_found')
  return row
}

export const showAdminBrand = (
  { id, name, slug, description, logo_url, website, is_active }: Row,
): AdminBrand => ({ id, name, slug, description, logo_url, website, is_active })

export function refuseTaken(error: unknown): never {
  if (isDuplicate(error, 'brands_slug')) throw new Problem('already_exists', 'A brand has this slug already')
  if (isDuplicate(error, 'brands_name_key')) {
    throw new Problem('already_exists', 'A brand has this name already')
  }
  throw error
}
