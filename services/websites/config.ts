import { z } from '@hono/zod-openapi'

/** What this service reads of the environment. */
export const config = z.object({
  /** New shops answer at `<slug>.<SHOP_DOMAIN>`. */
  SHOP_DOMAIN: z.string().default('localhost'),
  /** No shop may answer there. */
  PLATFORM_HOST: z.string().default('platform.localhost'),
})
export type Config = z.infer<typeof config>
