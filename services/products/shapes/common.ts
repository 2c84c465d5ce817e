import { z } from '@hono/zod-openapi'
import { Line } from '../../../shared/http/schemas.ts'

/** An id or a slug, as a path or a filter gives it. */
export const IdOrSlug = z.string().min(1).max(255)

/** An address on the web, or of the shop's own media. */
export const ImageUrl = Line(2048)
  .regex(
    /^(https?:\/\/[^\s"'<>\\]+|\/media\/[^\s"'<>\\]+)$/,
    'must be an http(s) address or a path under /media/',
  )
  .openapi({ example: 'https://cdn.example.com/shirt.jpg' })

/** The brand or category of a product, as far as a list shows it. */
export const named = <T extends z.ZodType>(id: T) => z.object({ id, name: z.string(), slug: z.string() })
