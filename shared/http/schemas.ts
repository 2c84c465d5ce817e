import { z } from '@hono/zod-openapi'
import countries from 'i18n-iso-countries/codes.json' with { type: 'json' }
import type { Id as TypeId } from '../kernel/id.ts'
import { plain } from '../kernel/text.ts'

/** A TypeID with this prefix. A plain string with a pattern underneath, so that `.nullable()` shows in the contract. */
export const Id = <const P extends string>(prefix: P) =>
  z.string().regex(new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`), `must be a ${prefix} id`)
    .openapi({ example: `${prefix}_01h2xcejqtf2nbrexx3vqjhp41` }) as unknown as z.ZodCustom<
      TypeId<P>,
      TypeId<P>
    >

/** `.nullable()` for registered schemas: on those it would make the component itself nullable wherever it is used. */
export const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()])

export const Money = z.object({
  amount: z.int().openapi({ description: 'Minor units: 1999 is 19.99 EUR', example: 1999 }),
  currency: z.string().length(3).openapi({ description: 'ISO 4217', example: 'EUR' }),
}).openapi('Money')

/**
 * What something costs, on both sides of VAT. Use it as it is: what `.openapi()` adds where it is first used would
 * become part of the component.
 */
export const Price = z.object({ net: Money, gross: Money }).openapi('Price', {
  description: 'Without VAT, and with it: what a shopper pays',
})
export type Price = z.infer<typeof Price>

/** What of a total is taxed at which rate: the parts add up to it. */
export const VatBreakdown = z.array(z.object({
  rate: z.int().openapi({ description: 'Basis points: 2000 is 20 %', example: 2000 }),
  net: Money,
  vat: Money,
  gross: Money,
}))

export const Instant = z.iso.datetime().openapi({
  description: 'RFC 3339, UTC, milliseconds',
  example: '2026-01-31T12:00:00.000Z',
})

// deno-lint-ignore no-control-regex
const ONE_LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/
// deno-lint-ignore no-control-regex
const LINES = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$/

/** Text as `plain` makes it, trimmed; its length is that of the result. */
const PlainText = () => z.string().max(100_000).overwrite((text) => plain(text).trim())

/** Text of one line, without control characters. */
export const Line = (max: number, min = 1) =>
  PlainText().min(min).max(max).regex(ONE_LINE, 'must be a single line')

/** Text of several lines. */
export const Text = (max: number, min = 0) => PlainText().min(min).max(max).regex(LINES, 'must be plain text')

export const Slug = z.string().min(1).max(255).regex(
  /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
  'must be lower-case words joined by hyphens',
)
  .openapi({ example: 'ocean-blue-shirt' })

/** WHATWG's form (HTML 4.10.5.1.5), which takes `&` and punycode; written in lower case, its host in ASCII. */
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/

export const Email = z.string().max(254).overwrite(asciiAddress).regex(EMAIL, 'must be an e-mail address')
  .openapi({
    type: 'string',
    format: 'email',
    example: 'alice@example.com',
  })

/** A whole number in a query string, written in digits: `''`, `0x10` and `1e3` are none. */
export const WholeNumber = (min: number, max: number) =>
  z.string().regex(/^\d{1,16}$/, 'must be a whole number').transform(Number)
    .pipe(z.int().min(min).max(max)).openapi({ type: 'integer', minimum: min, maximum: max })

/** `true` or `false` in a query string. */
export const Flag = z.enum(['true', 'false']).transform((value) => value === 'true').openapi({
  type: 'string',
  enum: ['true', 'false'],
})

/** Stored in its canonical form: `FR-fr` is `fr-FR`. */
export const LanguageTag = (max: number) =>
  z.string().max(max).overwrite(canonicalLocale).max(max)
    .refine((tag) => canonicalLocale(tag) !== '', 'must be a BCP 47 language tag')
    .openapi({ type: 'string', maxLength: max, example: 'fr-FR' })

const COUNTRIES = new Set(countries.map(([alpha2]) => alpha2))

export const CountryCode = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code').refine(
  (code) => COUNTRIES.has(code),
  'must be a country of ISO 3166-1',
).openapi({
  example: 'FR',
})

/** Empty for what is none. */
function canonicalLocale(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? ''
  } catch {
    return ''
  }
}

/** `Alice@MÜLLER.example` and `alice@xn--mller-kva.example` are one address. */
function asciiAddress(text: string): string {
  const address = plain(text).trim().toLowerCase()
  const at = address.lastIndexOf('@')
  // Only a host of other letters is for the URL to write in ASCII: of anything else it would make a host, too.
  if (at < 0 || !/^[\p{L}\p{M}\p{N}.-]+$/u.test(address.slice(at + 1))) return address
  try {
    return `${address.slice(0, at)}@${new URL(`http://${address.slice(at + 1)}`).host}`
  } catch {
    return address
  }
}
