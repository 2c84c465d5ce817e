import { z } from '@hono/zod-openapi'
import { Line, Price } from '../../../shared/http/schemas.ts'

const Code = z.string().min(1).max(50).regex(
  /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
  'must be lower-case words joined by hyphens',
)
  .openapi({ example: 'standard' })

export const ShippingMethod = z.object({
  code: Code,
  name: z.string().openapi({ example: 'Standard delivery' }),
  price: Price,
  vat_rate: z.int().openapi({ description: 'Basis points: 2000 is 20 %', example: 2000 }),
  min_days: z.int().openapi({ example: 5 }),
  max_days: z.int().openapi({ example: 7 }),
  requires_address: z.boolean(),
}).openapi('ShippingMethod')
export type ShippingMethod = z.infer<typeof ShippingMethod>

export const AdminShippingMethod = ShippingMethod.extend({ is_active: z.boolean(), version: z.int() })
  .openapi('AdminShippingMethod')
export type AdminShippingMethod = z.infer<typeof AdminShippingMethod>

const fields = {
  name: Line(255).openapi({ example: 'Standard delivery' }),
  price: z.int().min(0).max(10_000_000)
    .openapi({ description: 'Minor units, with or without VAT as the shop prices', example: 490 }),
  vat_rate: z.int().min(0).max(10_000).openapi({ example: 2000 }),
  min_days: z.int().min(0).max(365).openapi({ example: 5 }),
  max_days: z.int().min(0).max(365).openapi({ example: 7 }),
  requires_address: z.boolean(),
  is_active: z.boolean(),
}

export const NewShippingMethod = z.strictObject({
  code: Code,
  ...fields,
  requires_address: fields.requires_address.default(true),
  is_active: fields.is_active.default(true),
}).openapi('NewShippingMethod')
export type NewShippingMethod = z.infer<typeof NewShippingMethod>

/** Made of the fields without their defaults: a field left out must stay as it is. */
export const ShippingMethodChanges = z.strictObject(fields).partial().openapi('ShippingMethodChanges')
export type ShippingMethodChanges = z.infer<typeof ShippingMethodChanges>
