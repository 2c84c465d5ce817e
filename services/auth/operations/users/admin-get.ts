import type { Ctx } from '../../needs.ts'
import { fetchUser, type UserId } from '../../queries.ts'
import type { AdminUser } from '../../shapes/user.ts'
import { showUser } from './internal.ts'

/** Throws `not_found`. */
export async function adminGetUser(ctx: Ctx, id: UserId): Promise<AdminUser> {
  return showUser(await fetchUser(ctx.db, id))
}
