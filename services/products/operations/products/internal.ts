import type { Tenant } from '../../../../shared/kernel/tenant.ts'
import { onDuplicate } from '../../../../shared/db/rows.ts'
import { showPrice } from '../../../../shared/kernel/vat.ts'
import { type Offer, priceRange } from '../../domain/price-range.ts'
import { type CardRow, offersOf } from '../../queries/cards.ts'
import type { Details } from '../../queries/details.ts'
import type { AdminProduct } from '../../shapes/admin-product.ts'
import type { Product, ProductCard } from '../../shapes/product.ts'
import { isSellable } from '../../domain/stock.ts'
import { showAdminVariant, showVariant, vatRateOf } from '../variants/internal.ts'

export type ProductId = `prod_${string}`
/** What of a shop decides how its prices read. */
export type Pricing = Pick<Tenant, 'currency' | 'prices_include_vat'>

export function showProduct(details: Details, pricing: Pricing): Product {
  return {
    ...common(details, pricing),
    variants: details.variants.map((variant) => showVariant(variant, details.rate, pricing)),
  }
}

export function showAdminProduct(details: Details, pricing: Pricing): AdminProduct {
  const { status, vat_rate_id, version } = details.product
  return {
    ...common(details, pricing),
    status,
    vat_rate_id,
    version,
    variants: details.variants.map((variant) => showAdminVariant(variant, details.rate, pricing)),
  }
}

export function showCard(row: CardRow, pricing: Pricing): ProductCard {
  const [sellable, ...extremes] = row.summary
  return {
    id: row.id,
    slug: row.slug,
    ref: row.ref,
    name: row.name,
    brand: showBrand(row),
    image: row.image && { url: row.image[0], alt_text: row.image[1] },
    price_range: showRange(offersOf(extremes, row.rate), pricing),
    on_sale: Boolean(row.on_sale),
    is_featured: Boolean(row.is_featured),
    in_stock: Boolean(sellable),
    created_at: row.created_at.toISOString(),
  }
}

export const showBrand = (
  { brand_id, brand_name, brand_slug }: Pick<CardRow, 'brand_id' | 'brand_name' | 'brand_slug'>,
) => brand_id === null ? null : { id: brand_id, name: brand_name!, slug: brand_slug! }

export function showRange(
  offers: Offer[],
  { currency, prices_include_vat }: Pricing,
): Product['price_range'] {
  const range = priceRange(offers, prices_include_vat)
  return range && { min: showPrice(range.min, currency), max: showPrice(range.max, currency) }
}

function common(details: Details, pricing: Pricing): Omit<Product, 'variants'> {
  const { product, variants, categories, images } = details
  const offers = variants.flatMap((variant) =>
    variant.price === null ? [] : [{ price: variant.price, vat_rate: vatRateOf(variant, details.rate) }]
  )
  return {
    id: product.id,
    slug: product.slug,
    ref: product.ref,
    name: product.name,
    short_description: product.short_description,
    description: product.description,
    brand: product.brand,
    categories,
    product_type: product.product_type,
    tags: product.tags,
    options: product.options,
    images: images.map(({ id, url, alt_text, position }) => ({ id, url, alt_text, position })),
    price_range: showRange(offers, pricing),
    on_sale: product.on_sale,
    is_featured: product.is_featured,
    in_stock: variants.some((variant) => isSellable(variant)),
    seo: { title: product.meta_title, description: product.meta_description },
    created_at: product.created_at.toISOString(),
    updated_at: product.updated_at.toISOString(),
  }
}

export const refuseTaken = onDuplicate({
  products_slug: 'A product has this slug already',
  products_ref: 'A product has this reference already',
})
