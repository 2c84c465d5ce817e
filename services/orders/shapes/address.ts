import { z } from '@hono/zod-openapi'
import { CountryCode, Line } from '../../../shared/http/schemas.ts'

const optional = (max: number) => Line(max).nullable().default(null)

/** International or national, in digits of any script, with an extension as people write it where there is one. */
const PHONE =
  /^\+?[\p{Nd}\p{Zs}().\/\p{Pd}]{4,30}(?:(?:\s*(?:x|ext(?:ension|\.)?|poste|#|,{1,2})|;ext=)\s*\p{Nd}{1,7})?$/iu

/**
 * The address as it is written on a parcel or an invoice, whatever the country: one name for a person, a postal code
 * and a region where there are any. What a country asks for beyond is for its rules to say, not for this shape.
 */
export const NewOrderAddress = z.strictObject({
  name: Line(200).openapi({ example: 'Alice Martin' }),
  given_name: optional(100).openapi({ example: 'Alice' }),
  family_name: optional(100).openapi({ example: 'Martin' }),
  company: optional(255),
  line1: Line(255).openapi({ example: '12 rue des Lilas' }),
  line2: optional(255),
  city: Line(100).openapi({ example: 'Lyon' }),
  postal_code: optional(20).openapi({ example: '69003' }),
  region: optional(100),
  country: CountryCode,
  phone: Line(40).regex(PHONE, 'must be a telephone number').nullable().default(null)
    .openapi({ example: '+33 6 12 34 56 78' }),
}).openapi('NewOrderAddress')

const text = z.string().nullable()

export const OrderAddress = z.object({
  name: z.string(),
  given_name: text,
  family_name: text,
  company: text,
  line1: z.string(),
  line2: text,
  city: z.string(),
  postal_code: text,
  region: text,
  country: z.string(),
  phone: text,
}).openapi('OrderAddress')
