import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { signedIn } from '../../privileges.ts'
import { deleteSession } from './delete.ts'

/** The session of this request. One that another request has just ended is as good. */
export async function logOut(ctx: Ctx): Promise<void> {
  await deleteSession(ctx, signedIn(ctx).session).catch((error) => {
    if (!(error instanceof Problem && error.code === 'not_found')) throw error
  })
}
