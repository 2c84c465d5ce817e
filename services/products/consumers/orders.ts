import { on } from '../../../shared/service/service.ts'
import { orderCancelled, orderConfirmed, orderRefunded } from '../../orders/events.ts'
import { commitReservation } from '../operations/stock/commit.ts'
import { release } from '../operations/stock/release.ts'
import type { Ctx } from '../needs.ts'

export const onOrderConfirmed = on<Ctx, typeof orderConfirmed.data>(
  orderConfirmed,
  'commit-reservation',
  (ctx, { data }) => commitReservation(ctx, data.order_id, data.items),
)

/** What these events say of the stock is read from the orders' state table: it is not for us to decide. */
export const onOrderCancelled = on<Ctx, typeof orderCancelled.data>(
  orderCancelled,
  'release-reservation',
  async (ctx, { data }) => data.stock === 'given_back' && await release(ctx, { order_id: data.order_id }),
)

export const onOrderRefunded = on<Ctx, typeof orderRefunded.data>(
  orderRefunded,
  'release-refunded',
  async (ctx, { data }) => data.stock === 'given_back' && await release(ctx, { order_id: data.order_id }),
)
