import { on } from '../../../shared/service/service.ts'
import { productDeleted } from '../../products/events.ts'
import { markUnavailable } from '../operations/baskets/mark-unavailable.ts'
import type { Ctx } from '../needs.ts'

/** Prices and stocks need no consumer: a basket asks for them each time it is read. */
export const onProductDeleted = on(
  productDeleted,
  'mark-unavailable',
  (ctx: Ctx, event) => markUnavailable(ctx, event.data.product_id),
)
