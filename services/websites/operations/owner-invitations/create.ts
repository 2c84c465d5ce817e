import { eq } from 'drizzle-orm'
import { found } from '../../../../shared/db/rows.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { tenants } from '../../schema.ts'
import type { OwnerInvitation } from '../../shapes/tenant.ts'
import { routeOf, selectShops } from '../routes/internal.ts'

/**
 * A new invitation for the owner of a shop: the one before is worth nothing from then on. Throws `not_found`, and
 * `conflict` while the shop isn't there or when the owner's account was deleted.
 */
export async function createOwnerInvitation(ctx: Ctx, id: string): Promise<OwnerInvitation> {
  const row = found(await selectShops(ctx).where(eq(tenants.id, id)))
  const { status, owner_id } = row.tenants
  if (status !== 'active' || !owner_id) throw new Problem('conflict', 'The shop is being made or removed')
  const shop = ctx.forTenant(routeOf(row.tenants, row.websites)) as Ctx
  const { email, token, expires_at } = await shop.ports.accounts.inviteOwner({ user_id: owner_id })
    .catch((error) => {
      const isGone = error instanceof Problem && error.code === 'not_found'
      throw isGone ? new Problem('conflict', 'The account of the owner was deleted') : error
    })
  await shop.transaction((tx) => Promise.resolve(tx.audit('tenant.owner_invited', id)))
  return { email, domain: row.websites.domain, token, expires_at }
}
