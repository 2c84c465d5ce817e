import type { Ctx } from '../../needs.ts'
import type { AdminShippingMethod } from '../../shapes/shipping-method.ts'
import { fetchMethod, showAdminMethod } from './internal.ts'

/** Throws `not_found`. */
export async function adminGetShippingMethod(ctx: Ctx, code: string): Promise<AdminShippingMethod> {
  return showAdminMethod(ctx, await fetchMethod(ctx, code))
}
