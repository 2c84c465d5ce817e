import { z } from '@hono/zod-openapi'
import { Id } from '../../shared/http/schemas.ts'
import { definePort } from '../../shared/service/port.ts'
import './problems.ts' // what they refuse with is known to whoever asks

/** A variant as baskets and orders need it: named, priced and taxed now. */
export const QuotedVariant = z.object({
  variant_id: Id('var'),
  product_id: Id('prod'),
  name: z.string(),
  ref: z.string(),
  sku: z.string().nullable(),
  slug: z.string(),
  option_values: z.array(z.string()),
  image_url: z.string().nullable(),
  /** As the shop entered it, in the mode it prices in (`prices_include_vat`), minor units; null: not for sale. */
  price: z.int().nullable(),
  /** Basis points. */
  vat_rate: z.int(),
  /** Units that can still be sold; null: without limit. */
  available: z.int().nullable(),
  requires_shipping: z.boolean(),
  category_ids: z.array(Id('cat')),
})
export type QuotedVariant = z.infer<typeof QuotedVariant>

export const catalogue = definePort('products', 'catalogue', {
  /** Variants that are not there, or not shown to shoppers, are left out. */
  quote: {
    input: z.object({ variants: z.array(Id('var')).max(100) }),
    output: z.object({ variants: z.array(QuotedVariant) }),
    timeoutMs: 2_000,
  },
})

export const inventory = definePort('products', 'inventory', {
  /** All lines or none. Idempotent by order. Refuses with `out_of_stock` and the lines that fall short. */
  reserve: {
    input: z.object({
      order_id: Id('ord'),
      lines: z.array(z.object({ variant_id: Id('var'), quantity: z.int().positive() })).min(1).max(100),
    }),
    output: z.object({ expires_at: z.iso.datetime() }),
    timeoutMs: 5_000,
  },
  /** Gives back what an order holds; an order that holds nothing can't reserve any more. Idempotent. */
  release: { input: z.object({ order_id: Id('ord') }), output: z.object({}), timeoutMs: 5_000 },
})
