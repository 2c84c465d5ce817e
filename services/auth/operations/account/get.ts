import type { Ctx } from '../../needs.ts'
import { signedIn } from '../../privileges.ts'
import { fetchUser } from '../../queries.ts'
import type { Account } from '../../shapes/account.ts'
import { showAccount } from './internal.ts'

/** Throws `not_found` when the account was deleted meanwhile. */
export async function getAccount(ctx: Ctx): Promise<Account> {
  return showAccount(await fetchUser(ctx.db, signedIn(ctx).id))
}
