import { madeAt } from '../../../../shared/db/columns.ts'
import type { Ctx } from '../../needs.ts'
import { roles } from '../../schema.ts'
import type { AdminRole, NewRole } from '../../shapes/role.ts'
import { fetchRole, refuseTaken, setPermissions, showRole } from './internal.ts'

/** Throws `already_exists`, and `forbidden` for permissions the caller doesn't have. */
export async function adminCreateRole(ctx: Ctx, { name, permissions }: NewRole): Promise<AdminRole> {
  return await ctx.transaction(async (tx) => {
    const row = { id: ctx.newId('role'), name, ...madeAt(ctx.now()) }
    await tx.insert(roles).values(row).catch(refuseTaken)
    await setPermissions(ctx, tx, { ...row, permissions: null }, permissions)
    tx.audit('role.created', row.id, { name, permissions })
    return showRole(await fetchRole(tx, row.id))
  })
}
