import { quantities } from '../domain/quantities.ts'
import type { Ctx } from '../needs.ts'
import type { OrderRow } from '../schema.ts'

/**
 * For a confirmed order, once that is committed: its customer can shop on at once. Never throws: where baskets are out
 * of reach, or this process dies first, the event does it, and the next order asks again.
 */
export async function closeBasket(ctx: Ctx, order: OrderRow): Promise<void> {
  const { id: order_id, basket_id, basket_version, lines } = order
  try {
    await ctx.ports.checkout.convert({ order_id, basket_id, basket_version, items: quantities(lines) })
  } catch (error) {
    ctx.log.warn('closing the basket left to its event', { order_id, error })
  }
}
