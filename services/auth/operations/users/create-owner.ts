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
  const user_id = await ctx.transaction(async (tx) => {
    const [role] = await fetchRolesByName(tx, [SUPER_ADMIN], '')
    const known = await findByEmail(tx, owner.email)
    if (!known) return await insertUser(ctx, tx, { ...owner, locale: null, password_hash: null }, [role!])
    await insertUserRole(ctx, tx, known.user.id, role!)
    return known.user.id
  })
  tellSessions(ctx, { user: user_id })
  return { user_id }
}
