import { on } from '../../../shared/service/service.ts'
import { orderCancelled, orderConfirmed } from '../../orders/events.ts'
import { convert } from '../operations/baskets/convert.ts'
import { unredeem } from '../operations/promo-codes/unredeem.ts'
import type { Ctx } from '../needs.ts'

export const onOrderConfirmed = on(
  orderConfirmed,
  'convert-basket',
  (ctx: Ctx, event) => convert(ctx, event.data),
)

export const onOrderCancelled = on(
  orderCancelled,
  'give-back-codes',
  (ctx: Ctx, event) => unredeem(ctx, event.data),
)
