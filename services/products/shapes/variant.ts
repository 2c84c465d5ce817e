import { z } from '@hono/zod-openapi'
import { Id, Line, orNull, Price } from '../../../shared/http/schemas.ts'
import { ImageUrl } from './common.ts'

export const Variant = z.object({
  id: Id('var'),
  sku: z.string().nullable(),
  barcode: z.string().nullable(),
  option_values: z.array(z.string()).openapi({
    description: 'One for each option of the product',
    example: ['Blue', 'M'],
  }),
  price: orNull(Price).openapi({ description: 'null: not for sale' }),
  compare_at_price: orNull(Price).openapi({ description: 'The price before a reduction' }),
  vat_rate: z.int().openapi({ description: 'Basis points', example: 2000 }),
  available: z.boolean().openapi({ description: 'At least one can be bought now' }),
  image_url: z.string().nullable(),
  weight_grams: z.int().nullable(),
  requires_shipping: z.boolean(),
}).openapi('Variant')
export type Variant = z.infer<typeof Variant>

export const AdminVariant = Variant.extend({
  cost_price: orNull(Price).openapi({ description: 'What it costs the shop' }),
  stock: z.int(),
  reserved: z.int().openapi({ description: 'Part of the stock that pending orders hold' }),
  available_quantity: z.int().nullable().openapi({
    description: 'Units that can still be sold; null: without limit',
    example: 12,
  }),
  tracks_stock: z.boolean(),
  allows_backorder: z.boolean(),
  taxable: z.boolean(),
  position: z.int(),
}).openapi('AdminVariant')
export type AdminVariant = z.infer<typeof AdminVariant>

/** Bounded so that neither VAT nor a quantity leads beyond what a number holds. */
const Amount = z.int().min(0).max(99_999_999_999).openapi({
  description:
    'Minor units, as the shop prices: with VAT where `prices_include_vat`, else without. Kept as entered',
  example: 999,
})

const Quantity = z.int().min(0).max(1_000_000_000)

const fields = {
  option_values: z.array(Line(255)).max(5).openapi({ example: ['Blue', 'M'] }),
  sku: Line(255).nullable(),
  barcode: Line(64).nullable(),
  price: Amount.nullable(),
  compare_at_price: Amount.nullable(),
  cost_price: Amount.nullable(),
  tracks_stock: z.boolean(),
  allows_backorder: z.boolean(),
  weight_grams: z.int().min(0).max(100_000_000).nullable(),
  requires_shipping: z.boolean(),
  taxable: z.boolean(),
  image_url: ImageUrl.nullable(),
}

export const NewVariant = z.strictObject({
  ...fields,
  option_values: fields.option_values.default([]),
  sku: fields.sku.default(null),
  barcode: fields.barcode.default(null),
  price: fields.price.default(null),
  compare_at_price: fields.compare_at_price.default(null),
  cost_price: fields.cost_price.default(null),
  stock: Quantity.default(0).openapi({ example: 12 }),
  tracks_stock: fields.tracks_stock.default(true),
  allows_backorder: fields.allows_backorder.default(false),
  weight_grams: fields.weight_grams.default(null),
  requires_shipping: fields.requires_shipping.default(true),
  taxable: fields.taxable.default(true),
  image_url: fields.image_url.default(null),
}).openapi('NewVariant')
export type NewVariant = z.infer<typeof NewVariant>

/** Stock is changed by its own operation, which says why. */
export const VariantChanges = z.strictObject(fields).partial().openapi('VariantChanges')
export type VariantChanges = z.infer<typeof VariantChanges>

export const StockChange = z.strictObject({
  operation: z.enum(['set', 'increment', 'decrement']).openapi({ example: 'increment' }),
  quantity: Quantity.openapi({ example: 5 }),
  reason: Line(255).default('adjustment').openapi({ example: 'delivery from the supplier' }),
}).openapi('StockChange')
export type StockChange = z.infer<typeof StockChange>

export const StockLevel = z.object({
  variant_id: Id('var'),
  stock: z.int(),
  reserved: z.int(),
  available: z.int().nullable(),
}).openapi('StockLevel')
export type StockLevel = z.infer<typeof StockLevel>
