import type { ShopSeed } from '../../../shared/service/shop-seed.ts'

export const SUPER_ADMIN = 'super-admin'
export const CUSTOMER = 'customer'

/** Can be neither deleted nor renamed: the service names them, or nobody could repair a shop without them. */
export const protectedRoles: readonly string[] = [SUPER_ADMIN, 'admin', CUSTOMER]

/** Every permission that some service asks for, and the wildcards that grant them: `*`, `products.*`. */
export function withWildcards(permissions: readonly string[]): string[] {
  const resources = new Set(permissions.map((each) => each.split('.')[0]!))
  return ['*', ...[...resources].map((resource) => `${resource}.*`), ...permissions]
}

/** What the roles of a new shop grant. A permission is always over the whole shop. */
export const startingRoles = ({ roles }: ShopSeed): Record<string, readonly string[]> => ({
  [SUPER_ADMIN]: ['*'],
  ...roles,
})
