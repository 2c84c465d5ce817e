import { availableOf } from '../domain/stock.ts'
import { priceOf } from '../shapes/price.ts'
import type { Product } from '../shapes/product.ts'
import type { StaffProduct } from '../shapes/staff-product.ts'
import type { StaffVariant, Variant } from '../shapes/variant.ts'
import type { Details, VariantDetails } from './details.ts'

export function showProduct(details: Details, currency: string): Product {
  const variants = details.variants.map((variant) => showVariant(variant, details.rate, currency))
  return { ...common(details, variants), variants }
}

export function showStaffProduct(details: Details, currency: string): StaffProduct {
  const { status, vat_rate_id, version } = details.product
  const variants = details.variants.map((variant) => showStaffVariant(variant, details.rate, currency))
  return { ...common(details, variants), status, vat_rate_id, version, variants }
}

export function showStaffVariant(variant: VariantDetails, rate: number, currency: string): StaffVariant {
  const { cost_price, stock, reserved, tracks_stock, allows_backorder, taxable, position } = variant
  return {
    ...showVariant(variant, rate, currency),
    cost_price,
    stock,
    reserved,
    tracks_stock,
    allows_backorder,
    taxable,
    position,
  }
}

function showVariant(variant: VariantDetails, productRate: number, currency: string): Variant {
  const rate = variant.taxable ? productRate : 0
  const quantity = availableOf(variant)
  const price = (net: number | null) => net === null ? null : priceOf(net, rate, currency)
  return {
    id: variant.id,
    sku: variant.sku,
    barcode: variant.barcode,
    option_values: variant.option_values,
    price: price(variant.price),
    compare_at_price: price(variant.compare_at_price),
    vat_rate: rate,
    available: variant.price !== null && (quantity === null || quantity > 0),
    available_quantity: quantity,
    image_url: variant.image_url,
    weight_grams: variant.weight_grams,
    requires_shipping: variant.requires_shipping,
  }
}

function common(details: Details, variants: Variant[]): Omit<Product, 'variants'> {
  const { product, categories, images } = details
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
    price_range: rangeOf(variants),
    on_sale: product.on_sale,
    is_featured: product.is_featured,
    in_stock: variants.some((variant) => variant.available),
    seo: { title: product.meta_title, description: product.meta_description },
    created_at: product.created_at.toISOString(),
    updated_at: product.updated_at.toISOString(),
  }
}

/** Lowest and highest, net and gross each by itself: an untaxed variant may be dearer and yet cost less. */
function rangeOf(variants: Variant[]): Product['price_range'] {
  const prices = variants.flatMap(({ price }) => price ?? [])
  if (prices.length === 0) return null
  const extreme = (better: (a: number, b: number) => boolean) => {
    const pick = (side: 'net' | 'gross') =>
      prices.map((price) => price[side]).reduce((best, each) =>
        better(each.amount, best.amount) ? each : best
      )
    return { net: pick('net'), gross: pick('gross') }
  }
  return { min: extreme((a, b) => a < b), max: extreme((a, b) => a > b) }
}
