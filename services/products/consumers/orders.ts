import { on } from '../../../shared/service/service.ts'
import { orderCancelled, orderConfirmed } from '../../orders/events.ts'
import { commitReservation } from '../operations/stock/commit.ts'
import { release } from '../operations/stock/release.ts'
import type { Ctx } from '../needs.ts'

export const onOrderConfirmed = on<Ctx, typeof orderConfirmed.data>(
  orderConfirmed,
  'commit-reservation',
  (ctx, { data }) => commitReservation(ctx, data.order_id, data.items),
)

export const onOrderCancelled = on<Ctx, typeof orderCancelled.data>(
  orderCancelled,
  'release-reservation',
  (ctx, { data }) => release(ctx, { order_id: data.order_id }),
)
