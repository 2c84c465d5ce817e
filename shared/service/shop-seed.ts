import type { Permissions } from '../auth/permissions.ts'

/** What a service is told of the others when it fills the database of a shop. */
export type ShopSeed = {
  /** Every permission that some service asks for: `products.create`. */
  permissions: string[]
  /** Role of a new shop → what it grants: `products.*`, `orders.view`. */
  roles: Record<string, string[]>
}

/** What all services together ask for, and what the roles of a new shop have of it. */
export function shopSeedOf(services: { permissions?: Permissions }[]): ShopSeed {
  const declared = services.flatMap((service) => service.permissions ?? [])
  const roles: Record<string, string[]> = {}
  for (const [role, granted] of declared.flatMap((each) => Object.entries(each.roles))) {
    roles[role] = [...roles[role] ?? [], ...granted]
  }
  const permissions = declared.flatMap(({ actions }) =>
    Object.entries(actions).flatMap(([resource, each]) => each.map((action) => `${resource}.${action}`))
  )
  return { permissions, roles }
}
