import { textTag } from '../../../shared/http/ready.ts'
import type { Derived } from '../domain/derived.ts'
import type { Details } from '../queries/details.ts'
import type { productDocuments } from '../schema.ts'
import { type Pricing, showCard, showProduct } from './show.ts'

export type Document = typeof productDocuments.$inferSelect

/**
 * What is stored of a product for shoppers; the one place where it is made. `derived`: what its row keeps of its
 * variants. Undefined for a product that they don't see. Throws for amounts beyond what a number holds.
 */
export function documentOf(
  { product, ...rest }: Details,
  derived: Omit<Derived, 'search_text'>,
  pricing: Pricing,
): Document | undefined {
  if (product.status !== 'active') return undefined
  const shown = showProduct({ ...rest, product: { ...product, on_sale: derived.on_sale } }, pricing)
  const detail = JSON.stringify(shown)
  return {
    product_id: product.id,
    slug: product.slug,
    name: product.name,
    brand_id: product.brand_id,
    price_min: derived.price_min,
    price_max: derived.price_max,
    on_sale: derived.on_sale,
    is_featured: product.is_featured,
    in_stock: shown.in_stock,
    tags: product.tags,
    created_at: product.created_at,
    card: JSON.stringify(showCard(shown)),
    detail,
    etag: textTag(detail),
  }
}
