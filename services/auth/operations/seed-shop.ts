import { inArray } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import type { Tx } from '../../../shared/service/context.ts'
import type { ShopSeed } from '../../../shared/service/lifecycle.ts'
import { startingRoles, withWildcards } from '../domain/permission-table.ts'
import type { Ctx } from '../needs.ts'
import { permissions, rolePermissions, roles, signingKeys } from '../schema.ts'
import { newSigningKey } from './signing-keys.ts'

/**
 * Permissions, roles and the first signing key. In a shop that has them a role keeps what it grants, and gets of the
 * permissions that came with a release what a new shop's role would have.
 */
export async function seedShop(ctx: Ctx, seed: ShopSeed): Promise<void> {
  const key = await newSigningKey(ctx)
  await ctx.transaction(async (tx) => {
    const times = { created_at: ctx.now(), updated_at: ctx.now() }
    const known = new Set(
      (await tx.select({ name: permissions.name }).from(permissions)).map(({ name }) => name),
    )
    const added = withWildcards(seed.permissions).filter((name) => !known.has(name))
    if (added.length > 0) {
      await tx.insert(permissions).ignore()
        .values(added.map((name) => ({ id: ctx.newId('perm'), name, is_protected: true, ...times })))
    }
    for (const [name, granted] of Object.entries(startingRoles(seed))) {
      const id = ctx.newId('role')
      const isNew = affectedRows(await tx.insert(roles).ignore().values({ id, name, ...times })) === 1
      await grant(tx, name, isNew ? granted : granted.filter((each) => added.includes(each)))
    }
    await tx.insert(signingKeys).ignore().values(key)
  })
}

async function grant(tx: Tx, role: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const holders = await tx.select({ role_id: roles.id }).from(roles).where(inArray(roles.name, [role]))
  const granted = await tx.select({ permission_id: permissions.id }).from(permissions)
    .where(inArray(permissions.name, [...names]))
  const rows = holders.flatMap((holder) => granted.map((each) => ({ ...holder, ...each })))
  if (rows.length > 0) await tx.insert(rolePermissions).ignore().values(rows)
}
