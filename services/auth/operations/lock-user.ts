import { and, eq, isNull } from 'drizzle-orm'
import type { Executor } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import type { UserId } from '../queries.ts'
import { users } from '../schema.ts'

/**
 * For changes to what a user may do, which have to see one another. Locked before any role, everywhere. Throws
 * `not_found`, also for a deleted one.
 */
export async function lockUser(tx: Executor, id: UserId): Promise<void> {
  const [user] = await tx.select({ id: users.id }).from(users).where(
    and(eq(users.id, id), isNull(users.deleted_at)),
  ).for('update')
  if (!user) throw new Problem('not_found')
}
