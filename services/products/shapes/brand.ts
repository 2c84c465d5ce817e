import { z } from '@hono/zod-openapi'
import { Id, Line, Slug, Text } from '../../../shared/http/schemas.ts'
import { ImageUrl } from './common.ts'

const stored = {
  id: Id('brand'),
  name: z.string().openapi({ example: 'Ocean & Co' }),
  slug: z.string().openapi({ example: 'ocean-co' }),
  description: z.string().nullable(),
  logo_url: z.string().nullable(),
  website: z.string().nullable(),
}

export const Brand = z.object({
  ...stored,
  product_count: z.int().openapi({ description: 'Products shown to shoppers' }),
}).openapi('Brand')
export type Brand = z.infer<typeof Brand>

export const AdminBrand = z.object({ ...stored, is_active: z.boolean() }).openapi('AdminBrand')
export type AdminBrand = z.infer<typeof AdminBrand>

const fields = {
  name: Line(255).openapi({ example: 'Ocean & Co' }),
  slug: Slug,
  description: Text(5_000).nullable(),
  logo_url: ImageUrl.nullable(),
  website: Line(255).pipe(z.httpUrl()).nullable().openapi({
    type: ['string', 'null'],
    example: 'https://ocean.example.com',
  }),
  is_active: z.boolean(),
}

export const NewBrand = z.strictObject({
  ...fields,
  slug: fields.slug.optional().openapi({ description: 'Made from the name when left out' }),
  description: fields.description.default(null),
  logo_url: fields.logo_url.default(null),
  website: fields.website.default(null),
  is_active: fields.is_active.default(true),
}).openapi('NewBrand')
export type NewBrand = z.infer<typeof NewBrand>

export const BrandChanges = z.strictObject(fields).partial().openapi('BrandChanges')
export type BrandChanges = z.infer<typeof BrandChanges>
