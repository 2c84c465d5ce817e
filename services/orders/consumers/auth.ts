import { on } from '../../../shared/service/service.ts'
import { userDeleted } from '../../auth/events.ts'
import type { Ctx } from '../needs.ts'
import { anonymiseCustomer } from '../operations/orders/anonymise-customer.ts'

export const onUserDeleted = on<Ctx, typeof userDeleted.data>(
  userDeleted,
  'anonymise-customer',
  (ctx, event) => anonymiseCustomer(ctx, event.data.user_id),
)
