import { eq } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { shippingMethods } from '../../schema.ts'

/** Throws `not_found`. Orders keep what they were placed with. */
export async function adminDeleteShippingMethod(ctx: Ctx, code: string): Promise<void> {
  await ctx.transaction(async (tx) => {
    const result = await tx.delete(shippingMethods).where(eq(shippingMethods.code, code))
    if (affectedRows(result) === 0) throw new Problem('not_found')
    tx.audit('shipping_method.deleted', code)
  })
}
