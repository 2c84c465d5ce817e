import { actions } from '../../../shared/auth/permissions.ts'

/** Every permission the platform itself asks for, and their wildcards. They can be neither renamed nor deleted. */
export const platformPermissions: readonly string[] = [
  '*',
  ...Object.entries(actions).flatMap(([resource, each]) =>
    ['*', ...each].map((action) => `${resource}.${action}`)
  ),
]

const some = (resource: string, ...each: string[]) => each.map((action) => `${resource}.${action}`)

export const SUPER_ADMIN = 'super-admin'
export const CUSTOMER = 'customer'

/**
 * What a new shop starts with. A permission is always over the whole shop. What is one's own (an order, a basket, an
 * account) needs none: that is why the role `customer` has none, where the system we replace gave it `orders.view`.
 * `resource.*` grants every action of a resource, `*` everything.
 */
export const startingRoles: Readonly<Record<string, readonly string[]>> = {
  [SUPER_ADMIN]: ['*'],
  admin: [
    ...some('users', 'view', 'create', 'update'),
    ...some('products', '*'),
    ...some('orders', 'view', 'create', 'update', 'cancel'),
    ...some('support', '*'),
    ...some('reports', '*'),
    ...some('settings', 'view'),
    ...some('promotions', '*'),
    ...some('baskets', '*'),
    ...some('roles', 'view'),
    ...some('messages', '*'),
  ],
  manager: [
    ...some('products', 'view', 'create', 'update'),
    ...some('orders', 'view', 'update'),
    ...some('reports', 'view'),
    ...some('promotions', 'view', 'create', 'update'),
    ...some('baskets', 'view'),
  ],
  support: [...some('users', 'view'), ...some('orders', 'view'), ...some('support', '*')],
  [CUSTOMER]: [],
  merchant: [...some('products', '*'), ...some('orders', 'view'), ...some('reports', 'view')],
}

/** Can be neither deleted nor renamed: the service names them, or nobody could repair a shop without them. */
export const protectedRoles: readonly string[] = [SUPER_ADMIN, 'admin', CUSTOMER]
