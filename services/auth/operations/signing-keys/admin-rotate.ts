import { isNotNull } from 'drizzle-orm'
import { isDuplicate } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import { signingKeys } from '../../schema.ts'
import type { SigningKey } from '../../shapes/key.ts'
import { newSigningKey } from '../../tokens/signing-keys.ts'

/** A new key signs from now on; the old one only verifies. Throws `conflict` while another rotation is under way. */
export async function adminRotateSigningKey(ctx: Ctx): Promise<SigningKey> {
  const key = await newSigningKey(ctx)
  await ctx.transaction(async (tx) => {
    await tx.update(signingKeys).set({ is_active: null, private_key: null, retired_at: ctx.now() })
      .where(isNotNull(signingKeys.is_active))
    await tx.insert(signingKeys).values(key).catch((error) => {
      throw isDuplicate(error) ? new Problem('conflict', 'Another rotation is under way') : error
    })
    tx.audit('signing_key.rotated', key.kid)
    tellSessions(ctx, tx, { keys: true })
  })
  return { kid: key.kid, activated_at: key.activated_at.toISOString() }
}
