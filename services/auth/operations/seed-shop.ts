import { inArray } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import type { Tx } from '../../../shared/service/context.ts'
import { platformPermissions, startingRoles } from '../domain/permission-table.ts'
import type { Ctx } from '../needs.ts'
import { permissions, rolePermissions, roles, signingKeys } from '../schema.ts'
import { newSigningKey } from './signing-keys.ts'

/** Permissions, roles and the first signing key. Once more without harm: a role that is there keeps what it grants. */
export async function seedShop(ctx: Ctx): Promise<void> {
  const key = await newSigningKey(ctx)
  await ctx.transaction(async (tx) => {
    const times = { created_at: ctx.now(), updated_at: ctx.now() }
    await tx.insert(permissions).ignore()
      .values(platformPermissions.map((name) => ({ id: ctx.newId('perm'), name, ...times })))
    for (const [name, granted] of Object.entries(startingRoles)) {
      const id = ctx.newId('role')
      const isNew = affectedRows(await tx.insert(roles).ignore().values({ id, name, ...times })) === 1
      if (isNew && granted.length > 0) await grant(tx, id, granted)
    }
    await tx.insert(signingKeys).ignore().values(key)
  })
}

async function grant(
  tx: Tx,
  role_id: typeof roles.$inferSelect['id'],
  names: readonly string[],
): Promise<void> {
  const granted = await tx.select({ permission_id: permissions.id }).from(permissions).where(
    inArray(permissions.name, [...names]),
  )
  await tx.insert(rolePermissions).values(granted.map((each) => ({ role_id, ...each })))
}
