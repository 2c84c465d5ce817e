import { z } from '@hono/zod-openapi'
import { CountryCode, Line } from '../../../shared/http/schemas.ts'

const optional = (max: number) => Line(max).nullable().default(null)

/** The address as it is written on a parcel or an invoice. */
export const NewOrderAddress = z.strictObject({
  first_name: Line(100).openapi({ example: 'Alice' }),
  last_name: Line(100).openapi({ example: 'Martin' }),
  company: optional(255),
  line1: Line(255).openapi({ example: '12 rue des Lilas' }),
  line2: optional(255),
  city: Line(100).openapi({ example: 'Lyon' }),
  postal_code: Line(20).openapi({ example: '69003' }),
  region: optional(100),
  country: CountryCode,
  phone: Line(30).regex(/^\+?[\d ().-]{5,29}$/, 'must be a telephone number').nullable().default(null)
    .openapi({ example: '+33 6 12 34 56 78' }),
}).openapi('NewOrderAddress')

const text = z.string().nullable()

export const OrderAddress = z.object({
  first_name: z.string(),
  last_name: z.string(),
  company: text,
  line1: z.string(),
  line2: text,
  city: z.string(),
  postal_code: z.string(),
  region: text,
  country: z.string(),
  phone: text,
}).openapi('OrderAddress')
