/**
 * Every permission that a route may ask for, by resource: a closed list, so that a misspelt one doesn't compile. Which
 * roles of a new shop have them: services/auth/domain/permission-table.ts.
 */
export const actions = {
  users: ['view', 'create', 'update', 'delete'],
  products: ['view', 'create', 'update', 'delete'],
  orders: ['view', 'create', 'update', 'delete', 'cancel'],
  support: ['view', 'respond', 'close'],
  reports: ['view', 'export'],
  settings: ['view', 'update'],
  promotions: ['view', 'create', 'update', 'delete'],
  baskets: ['view', 'delete'],
  roles: ['view', 'create', 'update', 'delete'],
  messages: ['view', 'manage'],
} as const

type Actions = typeof actions

/** `products.create` */
export type Permission = {
  [R in keyof Actions & string]: `${R}.${Actions[R][number]}`
}[keyof Actions & string]
