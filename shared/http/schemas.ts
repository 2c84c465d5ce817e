import { z } from '@hono/zod-openapi'
import type { Id as TypeId } from '../kernel/id.ts'

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

/** What something costs, on both sides of VAT. In a total, it is what is paid. */
export const Price = z.object({ net: Money, gross: Money }).openapi('Price', {
  description: 'Without VAT, and with it: what a shopper pays',
})
export type Price = z.infer<typeof Price>

export const Instant = z.iso.datetime().openapi({
  description: 'RFC 3339, UTC, milliseconds',
  example: '2026-01-31T12:00:00.000Z',
})

// deno-lint-ignore no-control-regex
const ONE_LINE = /^[^\u0000-\u001f\u007f]*$/
// deno-lint-ignore no-control-regex
const LINES = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/

/** Text of one line: trimmed, without control characters. */
export const Line = (max: number, min = 1) =>
  z.string().trim().min(min).max(max).regex(ONE_LINE, 'must be a single line')

/** Text of several lines. */
export const Text = (max: number, min = 0) =>
  z.string().trim().min(min).max(max).regex(LINES, 'must be plain text')

export const Slug = z.string().min(1).max(255).regex(
  /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
  'must be lower-case words joined by hyphens',
)
  .openapi({ example: 'ocean-blue-shirt' })

export const Email = z.string().trim().toLowerCase().max(254).pipe(z.email()).openapi({
  type: 'string',
  format: 'email',
  example: 'alice@example.com',
})

/** `true` or `false` in a query string. */
export const Flag = z.enum(['true', 'false']).transform((value) => value === 'true').openapi({
  type: 'string',
  enum: ['true', 'false'],
})

export const CountryCode = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code').openapi({
  example: 'FR',
})
