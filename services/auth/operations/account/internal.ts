import { allPermissions, type UserRow } from '../../queries.ts'
import type { Account } from '../../shapes/account.ts'

export function showAccount({ user, ...granted }: UserRow): Account {
  return {
    id: user.id,
    email: user.email,
    first_name: user.first_name,
    last_name: user.last_name,
    locale: user.locale,
    email_verified_at: user.email_verified_at?.toISOString() ?? null,
    roles: granted.roles ?? [],
    created_at: user.created_at.toISOString(),
    permissions: allPermissions(granted),
  }
}
