import { z } from '@hono/zod-openapi'
import { Id, Instant, Line } from '../../../shared/http/schemas.ts'
import { normalCode } from '../domain/promo-code.ts'

const Kind = z.enum(['percentage', 'fixed', 'free_shipping'])
const MAX_AMOUNT = 1_000_000_000_000

export const PromoCode = z.object({
  id: Id('promo'),
  name: z.string(),
  code: z.string(),
  kind: Kind,
  value: z.int(),
  minimum_purchase: z.int().nullable(),
  maximum_discount: z.int().nullable(),
  usage_limit: z.int().nullable(),
  per_user_limit: z.int().nullable(),
  usage_count: z.int().openapi({ description: 'Orders that use it now' }),
  starts_at: Instant.nullable(),
  ends_at: Instant.nullable(),
  is_active: z.boolean(),
  is_stackable: z.boolean(),
  first_order_only: z.boolean(),
  applicable_products: z.array(Id('prod')),
  applicable_categories: z.array(Id('cat')),
  version: z.int(),
  created_at: Instant,
  updated_at: Instant,
}).openapi('PromoCode')
export type PromoCode = z.infer<typeof PromoCode>

export const PromoCodeWithUsage = PromoCode.extend({
  usage: z.object({
    customers: z.int().openapi({ description: 'Who used it' }),
    given_back: z.int().openapi({ description: 'Uses of orders that were cancelled' }),
    in_baskets: z.int().openapi({ description: 'Baskets that hold it now' }),
  }),
}).openapi('PromoCodeWithUsage')
export type PromoCodeWithUsage = z.infer<typeof PromoCodeWithUsage>

const Amount = z.int().min(0).max(MAX_AMOUNT).openapi({
  description: 'Minor units, with or without VAT as the shop prices (`prices_include_vat`)',
})
const Limit = z.int().min(1).max(1_000_000_000)

const fields = {
  name: Line(255).openapi({ example: 'Welcome: 10 % off' }),
  code: Line(50).regex(/^[\w.-]+$/, 'must be letters, digits, dots, hyphens or underscores')
    .transform(normalCode).openapi({ type: 'string', example: 'WELCOME10' }),
  kind: Kind.openapi({ example: 'percentage' }),
  value: Amount.openapi({
    description: 'Basis points of a percentage, minor units of a fixed discount, 0 for free shipping',
    example: 1000,
  }),
  minimum_purchase: Amount.nullable().openapi({ example: 5000 }),
  maximum_discount: Amount.nullable().openapi({ example: null }),
  usage_limit: Limit.nullable().openapi({ description: 'Over all customers', example: 1000 }),
  per_user_limit: Limit.nullable().openapi({ example: 1 }),
  starts_at: Instant.nullable(),
  ends_at: Instant.nullable().openapi({ example: '2026-12-31T23:59:59.000Z' }),
  is_active: z.boolean(),
  is_stackable: z.boolean().openapi({ description: 'May be combined with other codes that may, too' }),
  first_order_only: z.boolean(),
  applicable_products: z.array(Id('prod')).max(500).openapi({ example: [] }),
  applicable_categories: z.array(Id('cat')).max(500).openapi({
    description: 'Empty both: the whole basket',
    example: [],
  }),
}

export const NewPromoCode = z.strictObject({
  ...fields,
  value: fields.value.default(0),
  minimum_purchase: fields.minimum_purchase.default(null),
  maximum_discount: fields.maximum_discount.default(null),
  usage_limit: fields.usage_limit.default(null),
  per_user_limit: fields.per_user_limit.default(null),
  starts_at: fields.starts_at.default(null),
  ends_at: fields.ends_at.default(null),
  is_active: fields.is_active.default(true),
  is_stackable: fields.is_stackable.default(false),
  first_order_only: fields.first_order_only.default(false),
  applicable_products: fields.applicable_products.default([]),
  applicable_categories: fields.applicable_categories.default([]),
}).openapi('NewPromoCode')
export type NewPromoCode = z.infer<typeof NewPromoCode>

/** Made of the fields without their defaults: a field left out must stay as it is. */
export const PromoCodeChanges = z.strictObject(fields).partial().openapi('PromoCodeChanges')
export type PromoCodeChanges = z.infer<typeof PromoCodeChanges>
