import { madeAt } from '../../../../shared/db/columns.ts'
import type { Ctx } from '../../needs.ts'
import { permissions } from '../../schema.ts'
import type { AdminPermission, NewPermission } from '../../shapes/permission.ts'
import { refuseTaken, showPermission } from './internal.ts'

/** Nobody has it yet. Throws `already_exists`. */
export async function adminCreatePermission(ctx: Ctx, { name }: NewPermission): Promise<AdminPermission> {
  return await ctx.transaction(async (tx) => {
    const row = { id: ctx.newId('perm'), name, is_protected: false, ...madeAt(ctx.now()) }
    await tx.insert(permissions).values(row).catch(refuseTaken)
    tx.audit('permission.created', row.id, { name })
    return showPermission(row)
  })
}
