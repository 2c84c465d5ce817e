import { on } from '../../../shared/service/service.ts'
import { orderCancelled, orderConfirmed, orderRefunded } from '../../orders/events.ts'
import { convertAndTell } from '../operations/baskets/convert.ts'
import { unredeem } from '../operations/promo-codes/unredeem.ts'
import type { Ctx } from '../needs.ts'

export const onOrderConfirmed = on(
  orderConfirmed,
  'convert-basket',
  (ctx: Ctx, event) => convertAndTell(ctx, event.data),
)

/** What these events say of the codes is read from the orders' state table: it is not for us to decide. */
export const onOrderCancelled = on(
  orderCancelled,
  'give-back-codes',
  async (ctx: Ctx, { data }) => data.promo_codes === 'given_back' && await unredeem(ctx, data),
)

export const onOrderRefunded = on(
  orderRefunded,
  'give-back-refunded-codes',
  async (ctx: Ctx, { data }) => data.promo_codes === 'given_back' && await unredeem(ctx, data),
)
