import type { z } from '@hono/zod-openapi'
import { SUPER_ADMIN } from '../../domain/permission-table.ts'
import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import type { accounts } from '../../ports.ts'
import { findByEmail, type UserId } from '../../queries.ts'
import { fetchRolesByName } from '../roles/internal.ts'
import { insertUser, insertUserRole } from './internal.ts'

type Owner = z.output<typeof accounts.methods.createOwner.input>

/** A super-admin who is still to be invited. Idempotent by address: an account that is there keeps its password. */
export async function createOwner(ctx: Ctx, owner: Owner): Promise<{ user_id: UserId }> {
  return await ctx.transaction(async (tx) => {
    const [role] = await fetchRolesByName(tx, [SUPER_ADMIN], '')
    const known = await findByEmail(tx, owner.email)
    if (!known) {
      return { user_id: await insertUser(ctx, tx, { ...owner, locale: null, password_hash: null }, [role!]) }
    }
    const user_id = known.user.id
    await insertUserRole(ctx, tx, user_id, role!)
    tellSessions(ctx, tx, { user: user_id })
    return { user_id }
  })
}
