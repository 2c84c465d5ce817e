import { eq } from 'drizzle-orm'
import { requireRow } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import { shippingMethods } from '../../schema.ts'
import { announceMethods } from './internal.ts'

/** Throws `not_found`. Orders keep what they were placed with. */
export async function adminDeleteShippingMethod(ctx: Ctx, code: string): Promise<void> {
  await ctx.transaction(async (tx) => {
    await requireRow(tx.delete(shippingMethods).where(eq(shippingMethods.code, code)))
    announceMethods(ctx, tx)
    tx.audit('shipping_method.deleted', code)
  })
}
