import { SignJWT } from 'jose'
import { issuerOf } from '../../../shared/auth/issuer.ts'
import { ACCESS_TOKEN_MS } from '../domain/lifetimes.ts'
import type { Ctx } from '../needs.ts'
import type { SessionId } from '../queries.ts'
import type { Account } from '../shapes/account.ts'
import type { Tokens } from '../shapes/session.ts'
import { signer } from './signing-keys.ts'

export type OpenedSession = {
  session_id: SessionId
  refresh_token: string
  refresh_expires_at: Date
  user: Account
}

/**
 * Fetches the signing key and returns what turns a committed session into the answer its user gets. Fetched before the
 * transaction, so that nobody is given a session without tokens. Throws `unavailable` while the shop has no key.
 */
export async function tokenIssuer(ctx: Ctx): Promise<(opened: OpenedSession) => Promise<Tokens>> {
  const sign = await signer(ctx)
  return async ({ session_id, refresh_token, refresh_expires_at, user }) => {
    const issued_at = Math.floor(ctx.now().getTime() / 1000)
    const token = new SignJWT({ sid: session_id, tid: ctx.tenant.id, roles: user.roles, email: user.email })
      .setIssuer(issuerOf(ctx.tenant))
      .setAudience('shop')
      .setSubject(user.id)
      .setJti(ctx.newId('jwt'))
      .setIssuedAt(issued_at)
      .setNotBefore(issued_at)
      .setExpirationTime(issued_at + ACCESS_TOKEN_MS / 1000)
    return {
      access_token: await sign(token),
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_MS / 1000,
      refresh_token,
      refresh_expires_at: refresh_expires_at.toISOString(),
      session_id,
      user,
    }
  }
}
