import { z } from '@hono/zod-openapi'
import { definePort, type Port } from './port.ts'

/** What a service is told of the others when it fills the database of a shop. */
export const ShopSeed = z.object({
  /** Every permission that some service asks for: `products.create`. */
  permissions: z.array(z.string()),
  /** Role of a new shop → what it grants: `products.*`, `orders.view`. */
  roles: z.record(z.string(), z.array(z.string())),
})
export type ShopSeed = z.infer<typeof ShopSeed>

/** Offered by every service without its doing: fills the database of a shop, a new one's or after an update. */
export const lifecycleOf = (
  service: string,
): Port<{ seed: { input: typeof ShopSeed; output: z.ZodType; timeoutMs: number } }> =>
  definePort(service, `lifecycle-${service}`, {
    seed: { input: ShopSeed, output: z.object({}), timeoutMs: 10_000 },
  })
