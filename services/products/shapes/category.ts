import { z } from '@hono/zod-openapi'
import { Id, Line, Slug, Text } from '../../../shared/http/schemas.ts'
import { ImageUrl } from './common.ts'

const stored = {
  id: Id('cat'),
  parent_id: Id('cat').nullable(),
  name: z.string().openapi({ example: 'Shirts' }),
  slug: z.string().openapi({ example: 'shirts' }),
  description: z.string().nullable(),
  image_url: z.string().nullable(),
  position: z.int(),
}

export type CategoryNode = z.infer<z.ZodObject<typeof stored>> & {
  product_count: number
  children: CategoryNode[]
}

/** A category with what is below it. */
export const CategoryNode: z.ZodType<CategoryNode> = z.object({
  ...stored,
  product_count: z.int().openapi({ description: 'Products shown in it and in its subcategories' }),
  children: z.array(z.lazy(() => CategoryNode)).openapi({
    type: 'array',
    items: { $ref: '#/components/schemas/CategoryNode' },
  }),
}).openapi('CategoryNode')

export const CategoryTree = z.object({ data: z.array(CategoryNode) }).openapi('CategoryTree')

export const AdminCategory = z.object({ ...stored, is_active: z.boolean() }).openapi('AdminCategory')
export type AdminCategory = z.infer<typeof AdminCategory>

const fields = {
  name: Line(255).openapi({ example: 'Shirts' }),
  slug: Slug,
  parent_id: Id('cat').nullable().openapi({ example: null }),
  description: Text(5_000).nullable(),
  image_url: ImageUrl.nullable(),
  position: z.int().min(0).max(1_000_000),
  is_active: z.boolean(),
}

export const NewCategory = z.strictObject({
  ...fields,
  slug: fields.slug.optional().openapi({ description: 'Made from the name when left out' }),
  parent_id: fields.parent_id.default(null),
  description: fields.description.default(null),
  image_url: fields.image_url.default(null),
  position: fields.position.default(0),
  is_active: fields.is_active.default(true),
}).openapi('NewCategory')
export type NewCategory = z.infer<typeof NewCategory>

export const CategoryChanges = z.strictObject(fields).partial().openapi('CategoryChanges')
export type CategoryChanges = z.infer<typeof CategoryChanges>
