import { z } from '@hono/zod-openapi'

/**
 * `.nullable()` for `Money` and ids. On these it would be wrong in the contract: the first one makes the component
 * `Money` itself nullable wherever it is used, the other loses null to the type that the id declares.
 */
export const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()])
