import { inArray, sql } from 'drizzle-orm'
import type { Executor } from '../../../shared/db/database.ts'
import { newId } from '../../../shared/kernel/id.ts'
import { productImages } from '../schema.ts'

type Row = typeof productImages.$inferSelect
/** A text that is undefined stays as it is. */
export type Gallery = { product_id: Row['product_id']; images: { url: string; alt_text?: string | null }[] }

/**
 * Makes these images, in their order, the ones of their products. One that is there already, by its address, keeps
 * its id. At most three statements for all products together. Returns the images that are new.
 */
export async function syncImages(tx: Executor, galleries: Gallery[], now: Date): Promise<Row[]> {
  if (galleries.length === 0) return []
  const present = await tx.select().from(productImages)
    .where(inArray(productImages.product_id, galleries.map(({ product_id }) => product_id)))
  const byAddress = new Map(present.map((row) => [addressOf(row), row]))
  const wanted = new Map(
    galleries.flatMap(({ product_id, images }) =>
      images.map(({ url, alt_text }, position): [string, Row] => {
        const known = byAddress.get(addressOf({ product_id, url }))
        const id = known?.id ?? newId('img')
        const row = {
          id,
          product_id,
          url,
          alt_text: alt_text === undefined ? known?.alt_text ?? null : alt_text,
          position,
          created_at: known?.created_at ?? now,
          updated_at: now,
        }
        return [addressOf(row), row]
      })
    ),
  )
  const gone = present.filter((row) => wanted.get(addressOf(row))?.id !== row.id).map((row) => row.id)
  if (gone.length > 0) await tx.delete(productImages).where(inArray(productImages.id, gone))
  if (wanted.size > 0) {
    await tx.insert(productImages).values([...wanted.values()]).onDuplicateKeyUpdate({
      set: {
        alt_text: sql`VALUES(alt_text)`,
        position: sql`VALUES(position)`,
        updated_at: sql`VALUES(updated_at)`,
      },
    })
  }
  return [...wanted.values()].filter((row) => !byAddress.has(addressOf(row)))
}

const addressOf = ({ product_id, url }: { product_id: string; url: string }) => `${product_id} ${url}`
