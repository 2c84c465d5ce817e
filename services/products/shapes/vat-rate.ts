import { z } from '@hono/zod-openapi'
import { CountryCode, Id, Line } from '../../../shared/http/schemas.ts'

const fields = {
  name: Line(255).openapi({ example: 'Standard rate' }),
  rate: z.int().min(0).max(10_000).openapi({ description: 'Basis points: 2000 is 20 %', example: 2000 }),
  country_code: CountryCode.nullable(),
  is_default: z.boolean(),
}

export const VatRate = z.object({ id: Id('vat'), ...fields }).openapi('VatRate')
export type VatRate = z.infer<typeof VatRate>

export const NewVatRate = z.strictObject({
  ...fields,
  country_code: fields.country_code.default(null),
  is_default: fields.is_default.default(false),
}).openapi('NewVatRate')
export type NewVatRate = z.infer<typeof NewVatRate>

/** Made of the fields without their defaults: a field left out must stay as it is. */
export const VatRateChanges = z.strictObject(fields).partial().openapi('VatRateChanges')
export type VatRateChanges = z.infer<typeof VatRateChanges>
