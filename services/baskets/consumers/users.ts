import { on } from '../../../shared/service/service.ts'
import { userDeleted } from '../../auth/events.ts'
import { forgetUser } from '../operations/baskets/forget-user.ts'
import type { Ctx } from '../needs.ts'

export const onUserDeleted = on(
  userDeleted,
  'forget-user',
  (ctx: Ctx, event) => forgetUser(ctx, event.data.user_id),
)
