import { z } from '@hono/zod-openapi'
import { defineEvent } from '../../shared/events/event.ts'
import { Id } from '../../shared/http/schemas.ts'

const at = z.iso.datetime()
/** As entered, minor units, with VAT or without as the shop prices; null: not for sale. */
const price = z.int().nullable()

export const productCreated = defineEvent('products.product.created', {
  summary: 'A product was added to the catalogue',
  subject: 'product_id',
  data: z.object({
    product_id: Id('prod'),
    ref: z.string(),
    name: z.string(),
    status: z.string(),
    price,
    stock: z.int(),
    brand_id: Id('brand').nullable(),
    vat_rate: z.int(),
    created_at: at,
  }),
})

export const productUpdated = defineEvent('products.product.updated', {
  summary: 'A product or one of its variants was changed',
  subject: 'product_id',
  data: z.object({
    product_id: Id('prod'),
    ref: z.string(),
    name: z.string(),
    status: z.string(),
    price,
    previous_price: price,
    updated_fields: z.array(z.string()),
    updated_at: at,
  }),
})

export const productDeleted = defineEvent('products.product.deleted', {
  summary: 'A product was taken out of the catalogue',
  subject: 'product_id',
  data: z.object({
    product_id: Id('prod'),
    ref: z.string(),
    variant_ids: z.array(Id('var')),
    deleted_at: at,
  }),
})

export const priceChanged = defineEvent('products.product.price_changed', {
  summary: 'A variant costs another price',
  subject: 'product_id',
  data: z.object({
    product_id: Id('prod'),
    variant_id: Id('var'),
    old_price: price,
    new_price: price,
  }),
})

export const inventoryUpdated = defineEvent('products.inventory.updated', {
  summary: 'The stock of a variant changed',
  subject: 'variant_id',
  data: z.object({
    product_id: Id('prod'),
    variant_id: Id('var'),
    sku: z.string().nullable(),
    previous_stock: z.int(),
    new_stock: z.int(),
    change: z.int(),
    available: z.int(),
    reason: z.string(),
  }),
})

export const outOfStock = defineEvent('products.product.out_of_stock', {
  summary: 'The last unit of a variant was sold or taken away',
  subject: 'variant_id',
  data: z.object({ product_id: Id('prod'), variant_id: Id('var'), ref: z.string() }),
})

export const imageAdded = defineEvent('products.image.added', {
  summary: 'A product has one more picture',
  subject: 'product_id',
  data: z.object({
    product_id: Id('prod'),
    image_id: Id('img'),
    url: z.string(),
    position: z.int(),
    created_at: at,
  }),
})

/** One a transaction: `writes/catalogue-changed.ts` says for what. */
export const catalogueChanged = defineEvent('products.catalogue.changed', {
  summary: 'Shoppers see another catalogue: of products, brands, categories, VAT rates or what is in stock',
  subject: 'website_id',
  data: z.object({ website_id: z.string(), changed_at: at }),
})
