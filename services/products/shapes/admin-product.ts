import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../../shared/http/pagination.ts'
import { Id, Instant, Line, orNull, Slug, Text } from '../../../shared/http/schemas.ts'
import { IdOrSlug, ImageUrl, named } from './common.ts'
import { PriceRange, productDetails } from './product.ts'
import { AdminVariant, NewVariant } from './variant.ts'

export const ProductStatus = z.enum(['active', 'draft', 'archived']).openapi({
  description: 'Only active ones are shown to shoppers',
})

const adminOnly = { status: ProductStatus, vat_rate_id: Id('vat').nullable(), version: z.int() }

export const AdminProduct = z.object({ ...productDetails, ...adminOnly, variants: z.array(AdminVariant) })
  .openapi('AdminProduct')
export type AdminProduct = z.infer<typeof AdminProduct>

export const AdminProductCard = z.object({
  id: Id('prod'),
  slug: z.string(),
  ref: z.string(),
  name: z.string(),
  status: ProductStatus,
  brand: named(Id('brand')).nullable(),
  image_url: z.string().nullable(),
  price_range: orNull(PriceRange).openapi({ description: 'null: not for sale' }),
  variants: z.int().openapi({ description: 'How many it has' }),
  stock: z.int(),
  reserved: z.int(),
  version: z.int(),
  created_at: Instant,
  updated_at: Instant,
}).openapi('AdminProductCard')
export type AdminProductCard = z.infer<typeof AdminProductCard>

export const AdminProductQuery = z.object({
  status: ProductStatus.optional(),
  brand: IdOrSlug.optional(),
  category: IdOrSlug.optional(),
  q: Line(200).optional(),
  ...PageQuery(20, 100),
})
export type AdminProductQuery = z.infer<typeof AdminProductQuery>

/** Of one product. */
export const MAX_VARIANTS = 500

const NewImage = z.strictObject({ url: ImageUrl, alt_text: Line(512).nullable().default(null) }).openapi(
  'NewProductImage',
)

const NewOption = z.strictObject({
  name: Line(255),
  values: z.array(Line(255)).max(500).default([]).openapi({
    description: 'Their order; those that only variants have come after',
  }),
}).openapi('NewProductOption')

const fields = {
  slug: Slug,
  ref: Line(255).openapi({ example: 'SHIRT-01' }),
  name: Line(255).openapi({ example: 'Ocean Blue Shirt' }),
  short_description: Text(2_000).nullable(),
  description: z.string().max(200_000).nullable().openapi({
    description: 'HTML: what could harm a page is taken out',
    example: '<p>Cotton, with a narrow collar</p>',
  }),
  status: ProductStatus,
  is_featured: z.boolean(),
  brand_id: Id('brand').nullable(),
  vat_rate_id: Id('vat').nullable().openapi({ description: 'null: the default rate', example: null }),
  category_ids: z.array(Id('cat')).max(50),
  product_type: Line(255).nullable(),
  tags: z.array(Line(255)).max(250),
  options: z.array(NewOption).max(5).openapi({ example: [{ name: 'Size' }] }),
  images: z.array(NewImage).max(100).openapi({
    description: 'In their order; the first one is the main image',
  }),
  seo_title: Line(255).nullable(),
  seo_description: Text(5_000).nullable(),
}

export const NewProduct = z.strictObject({
  ...fields,
  slug: fields.slug.optional().openapi({ description: 'Made from the name when left out' }),
  ref: fields.ref.optional().openapi({ description: 'The slug when left out' }),
  short_description: fields.short_description.default(null),
  description: fields.description.default(null),
  status: fields.status.default('draft'),
  is_featured: fields.is_featured.default(false),
  brand_id: fields.brand_id.default(null).openapi({ example: null }),
  vat_rate_id: fields.vat_rate_id.default(null),
  category_ids: fields.category_ids.default([]).openapi({ example: [] }),
  product_type: fields.product_type.default(null),
  tags: fields.tags.default([]),
  options: fields.options.default([]),
  images: fields.images.default([]),
  seo_title: fields.seo_title.default(null),
  seo_description: fields.seo_description.default(null),
  variants: z.array(NewVariant).min(1).max(MAX_VARIANTS).openapi({
    example: [{ option_values: ['M'], sku: 'SHIRT-01-M', price: 1666, stock: 12 }],
  }),
}).openapi('NewProduct')
export type NewProduct = z.infer<typeof NewProduct>

/** Lists replace the ones that are there. */
export const ProductChanges = z.strictObject(fields).partial().openapi('ProductChanges')
export type ProductChanges = z.infer<typeof ProductChanges>
