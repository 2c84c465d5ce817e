import { eq } from 'drizzle-orm'
import type { Ctx } from '../needs.ts'
import { fetchUser, showAccount } from '../queries.ts'
import { users } from '../schema.ts'
import type { Account, AccountChanges } from '../shapes/account.ts'
import { announceUpdate } from './announce-update.ts'
import { signedIn } from './privileges.ts'

export async function readOwnAccount(ctx: Ctx): Promise<Account> {
  return showAccount(await fetchUser(ctx.db, signedIn(ctx).id))
}

export async function changeOwnAccount(ctx: Ctx, changes: AccountChanges): Promise<Account> {
  const { id } = signedIn(ctx)
  return await ctx.transaction(async (tx) => {
    const before = await fetchUser(tx, id)
    await tx.update(users).set({ ...changes, updated_at: ctx.now() }).where(eq(users.id, id))
    const now = await fetchUser(tx, id)
    announceUpdate(ctx, tx, before.user, now.user)
    return showAccount(now)
  })
}
