import { madeAt } from '../../../../shared/db/columns.ts'
import { and, eq, inArray } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import type { ShopSeed } from '../../../../shared/service/shop-seed.ts'
import { startingRoles, SUPER_ADMIN, withWildcards } from '../../domain/permission-table.ts'
import type { Ctx } from '../../needs.ts'
import { permissions, rolePermissions, roles, signingKeys } from '../../schema.ts'
import { newSigningKey } from '../../tokens/signing-keys.ts'

/**
 * Permissions, roles and the first signing key. Once more without harm: roles that the merchant changed or deleted stay
 * so, and only permissions that are new to the shop are granted to the starting roles that are still there.
 */
export async function seedShop(ctx: Ctx, seed: ShopSeed): Promise<void> {
  const granted = startingRoles(seed)
  const key = await newSigningKey(ctx)
  await ctx.transaction(async (tx) => {
    const times = madeAt(ctx.now())
    const row = (name: string) => ({ id: ctx.newId('role'), name, ...times })
    const isFirst = affectedRows(await tx.insert(roles).ignore().values(row(SUPER_ADMIN))) === 1
    const others = Object.keys(granted).filter((name) => name !== SUPER_ADMIN)
    if (isFirst) await tx.insert(roles).values(others.map(row))
    const known = await tx.select({ name: permissions.name }).from(permissions)
    const asked = withWildcards(seed.permissions)
    const fresh = asked.filter((name) => !known.some((each) => each.name === name))
    // A merchant may have made one by a name that a release begins to ask for.
    await tx.update(permissions).set({ is_protected: true })
      .where(and(inArray(permissions.name, asked), eq(permissions.is_protected, false)))
    if (fresh.length > 0) {
      await tx.insert(permissions).ignore().values(
        fresh.map((name) => ({ id: ctx.newId('perm'), name, is_protected: true, ...times })),
      )
      await grant(tx, granted, fresh)
    }
    await tx.insert(signingKeys).ignore().values(key)
  })
}

async function grant(
  tx: Tx,
  granted: Record<string, readonly string[]>,
  fresh: string[],
): Promise<void> {
  const ids = new Map((await tx.select().from(permissions).where(inArray(permissions.name, fresh)))
    .map((each) => [each.name, each.id]))
  const holders = await tx.select().from(roles).where(inArray(roles.name, Object.keys(granted)))
  const grants = holders.flatMap((role) =>
    granted[role.name]!.filter((name) => ids.has(name))
      .map((name) => ({ role_id: role.id, permission_id: ids.get(name)! }))
  )
  if (grants.length > 0) await tx.insert(rolePermissions).ignore().values(grants)
}
