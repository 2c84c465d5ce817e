import type { Tenant } from '../../../shared/kernel/tenant.ts'
import { showPrice, unitPrice } from '../../../shared/kernel/vat.ts'
import { type Offer, priceRange } from '../domain/price-range.ts'
import { isSellable } from '../domain/stock.ts'
import type { Details, VariantDetails } from '../queries/details.ts'
import type { Product, ProductCard } from '../shapes/product.ts'
import type { Variant } from '../shapes/variant.ts'

/** What of a shop decides how its prices read. Neither ever changes. */
export type Pricing = Pick<Tenant, 'currency' | 'prices_include_vat'>

/** Basis points; `productRate` is that of its product. */
export const vatRateOf = (variant: { taxable: boolean }, productRate: number): number =>
  variant.taxable ? productRate : 0

/** The whole of a product as shoppers see it. */
export function showProduct(details: Details, pricing: Pricing): Product {
  return {
    ...showDetails(details, pricing),
    variants: details.variants.map((variant) => showVariant(variant, details.rate, pricing)),
  }
}

/** As a list shows it. */
export function showCard(product: Product): ProductCard {
  const { id, slug, ref, name, brand, images: [image], price_range, on_sale, is_featured, in_stock } = product
  return {
    id,
    slug,
    ref,
    name,
    brand,
    image: image ? { url: image.url, alt_text: image.alt_text } : null,
    price_range,
    on_sale,
    is_featured,
    in_stock,
    created_at: product.created_at,
  }
}

/** What shoppers and staff see alike. */
export function showDetails(details: Details, pricing: Pricing): Omit<Product, 'variants'> {
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
    images,
    price_range: showRange(offers, pricing),
    on_sale: product.on_sale,
    is_featured: product.is_featured,
    in_stock: variants.some((variant) => isSellable(variant)),
    seo: { title: product.meta_title, description: product.meta_description },
    created_at: product.created_at.toISOString(),
    updated_at: product.updated_at.toISOString(),
  }
}

export function showVariant(variant: VariantDetails, productRate: number, pricing: Pricing): Variant {
  const price = priceOf(variant, productRate, pricing)
  return {
    id: variant.id,
    sku: variant.sku,
    barcode: variant.barcode,
    option_values: variant.option_values,
    price: price(variant.price),
    compare_at_price: price(variant.compare_at_price),
    vat_rate: vatRateOf(variant, productRate),
    available: isSellable(variant),
    image_url: variant.image_url,
    weight_grams: variant.weight_grams,
    requires_shipping: variant.requires_shipping,
  }
}

export const priceOf =
  (variant: VariantDetails, productRate: number, { currency, prices_include_vat }: Pricing) =>
  (entered: number | null) =>
    entered === null
      ? null
      : showPrice(unitPrice(entered, vatRateOf(variant, productRate), prices_include_vat), currency)

export function showRange(
  offers: Offer[],
  { currency, prices_include_vat }: Pricing,
): Product['price_range'] {
  const range = priceRange(offers, prices_include_vat)
  return range && { min: showPrice(range.min, currency), max: showPrice(range.max, currency) }
}
