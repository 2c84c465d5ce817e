import { madeAt } from '../../../../shared/db/columns.ts'
import type { Ctx } from '../../needs.ts'
import { shippingMethods } from '../../schema.ts'

const STANDARD_VAT = 2_000
const METHODS = [
  {
    code: 'standard',
    name: 'Standard delivery',
    price: 490,
    min_days: 5,
    max_days: 7,
    requires_address: true,
  },
  { code: 'express', name: 'Express delivery', price: 990, min_days: 1, max_days: 2, requires_address: true },
  {
    code: 'pickup',
    name: 'Collect in the shop',
    price: 0,
    min_days: 0,
    max_days: 1,
    requires_address: false,
  },
]

/** A new shop can sell at once. What the shop has changed since is left as it is. */
export async function seed(ctx: Ctx): Promise<void> {
  const now = ctx.now()
  const rest = { vat_rate: STANDARD_VAT, is_active: true, ...madeAt(now) }
  await ctx.db.insert(shippingMethods).ignore().values(METHODS.map((method) => ({ ...method, ...rest })))
}
