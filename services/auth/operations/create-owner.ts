import type { z } from '@hono/zod-openapi'
import { Problem } from '../../../shared/errors/problem.ts'
import { SUPER_ADMIN } from '../domain/permission-table.ts'
import type { Ctx } from '../needs.ts'
import type { accounts } from '../ports.ts'
import { findByEmail, type UserId } from '../queries.ts'
import { fetchRolesByName } from './find-role.ts'
import { insertUser } from './insert-user.ts'
import { insertUserRole } from './insert-user-role.ts'

type Owner = z.output<typeof accounts.methods.createOwner.input>

/** Idempotent: an account that is there keeps its password. Throws `conflict` for the address of a deleted account. */
export async function createOwner(ctx: Ctx, owner: Owner): Promise<{ user_id: UserId }> {
  const user_id = await ctx.transaction(async (tx) => {
    const [role] = await fetchRolesByName(tx, [SUPER_ADMIN], '')
    const known = await findByEmail(tx, owner.email)
    if (known?.deleted_at) throw new Problem('conflict', 'This account was deleted')
    if (!known) return await insertUser(ctx, tx, { ...owner, locale: null }, [role!])
    await insertUserRole(ctx, tx, known.id, role!)
    return known.id
  })
  ctx.broadcast('sessions', ctx.tenant.id)
  return { user_id }
}
