import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../../shared/http/pagination.ts'
import { Flag, Id, Instant, Line, orNull, Price, WholeNumber } from '../../../shared/http/schemas.ts'
import { isWordByItself } from '../domain/search.ts'
import { IdOrSlug, named } from './common.ts'
import { Variant } from './variant.ts'

export const PriceRange = z.object({ min: Price, max: Price }).openapi('PriceRange')

/** A product as a list shows it. */
export const ProductCard = z.object({
  id: Id('prod'),
  slug: z.string().openapi({ example: 'ocean-blue-shirt' }),
  ref: z.string().openapi({ description: 'The commercial reference', example: 'SHIRT-01' }),
  name: z.string().openapi({ example: 'Ocean Blue Shirt' }),
  brand: named(Id('brand')).nullable(),
  image: z.object({ url: z.string(), alt_text: z.string().nullable() }).nullable(),
  price_range: orNull(PriceRange).openapi({ description: 'null: not for sale' }),
  on_sale: z.boolean(),
  is_featured: z.boolean(),
  in_stock: z.boolean().openapi({ description: 'At least one variant can be bought now' }),
  created_at: Instant,
}).openapi('ProductCard')
export type ProductCard = z.infer<typeof ProductCard>

export const ProductImage = z.object({
  id: Id('img'),
  url: z.string(),
  alt_text: z.string().nullable(),
  position: z.int(),
}).openapi('ProductImage')
export type ProductImage = z.infer<typeof ProductImage>

const details = {
  id: Id('prod'),
  slug: z.string().openapi({ example: 'ocean-blue-shirt' }),
  ref: z.string().openapi({ example: 'SHIRT-01' }),
  name: z.string().openapi({ example: 'Ocean Blue Shirt' }),
  short_description: z.string().nullable(),
  description: z.string().nullable().openapi({ description: 'HTML, made safe when it was written' }),
  brand: named(Id('brand')).nullable(),
  categories: z.array(named(Id('cat'))),
  product_type: z.string().nullable(),
  tags: z.array(z.string()),
  options: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
  images: z.array(ProductImage),
  price_range: orNull(PriceRange),
  on_sale: z.boolean(),
  is_featured: z.boolean(),
  in_stock: z.boolean(),
  seo: z.object({ title: z.string().nullable(), description: z.string().nullable() }),
  created_at: Instant,
  updated_at: Instant,
}

export const Product = z.object({ ...details, variants: z.array(Variant) }).openapi('Product')
export type Product = z.infer<typeof Product>
export { details as productDetails }

export const SORTS = ['newest', 'name', '-name', 'price', '-price'] as const
const amount = (description: string) =>
  WholeNumber(0, Number.MAX_SAFE_INTEGER).optional()
    .openapi({
      description: `${description}. Minor units, as the shop prices: with VAT or without`,
    })

/** Filters of every public list of products. */
export const ProductFilters = z.object({
  brand: IdOrSlug.optional().openapi({ description: 'Id or slug' }),
  category: IdOrSlug.optional().openapi({ description: 'Id or slug; its subcategories count as well' }),
  min_price: amount('Products with a price from this on'),
  max_price: amount('Products with a price up to this'),
  in_stock: Flag.optional(),
  on_sale: Flag.optional(),
  featured: Flag.optional(),
  tag: Line(255).optional(),
  q: Line(200).optional().openapi({ description: 'Words that must all be there, each from its beginning' }),
  sort: z.enum(SORTS).default('newest')
    .openapi({
      description:
        'By price: the lowest of a product, as the shop prices, with VAT or without; only products that have one',
    }),
  ...PageQuery(20, 50),
})
export type ProductFilters = z.infer<typeof ProductFilters>

export const SearchQuery = z.object({
  q: Line(200).refine((text) => text.length > 1 || isWordByItself(text), 'must be two characters or more')
    .openapi({
      description:
        'Words that must all be there, each from its beginning. A single character only where it is a word',
      example: 'blue shirt',
    }),
  ...PageQuery(20, 50),
})
export type SearchQuery = z.infer<typeof SearchQuery>
