import type { Tx } from '../../../shared/service/context.ts'
import { userUpdated } from '../events.ts'
import type { Ctx } from '../needs.ts'
import type { users } from '../schema.ts'

type User = typeof users.$inferSelect
const announced = ['email', 'first_name', 'last_name', 'locale'] as const

/** Tells others and the audit log what is different; nothing when nothing is. */
export function announceUpdate(ctx: Ctx, tx: Tx, before: User, now: User): void {
  const updated_fields = announced.filter((field) => before[field] !== now[field])
  if (updated_fields.length === 0) return
  const { id: user_id, email, first_name, last_name, locale } = now
  tx.emit(userUpdated, {
    user_id,
    email,
    first_name,
    last_name,
    locale,
    updated_fields,
    updated_at: ctx.now().toISOString(),
  })
  tx.audit('user.updated', user_id, Object.fromEntries(updated_fields.map((field) => [field, now[field]])))
}
