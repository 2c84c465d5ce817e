/** Resource → the actions on it that may be granted. */
type Actions = Readonly<Record<string, readonly string[]>>

/** What a service's routes may ask for, and which roles of a new shop have it: `products.create`, `products.*`. */
export type Permissions<A extends Actions = Actions> = {
  readonly actions: A
  /** Role → what it grants of these. `super-admin` has everything without being named. */
  readonly roles: Readonly<Record<string, readonly string[]>>
}

/** Filled by services, so that a permission that nobody declared doesn't compile: see `definePermissions`. */
// deno-lint-ignore no-empty-interface
export interface ServicePermissions {}

/** `products.create` */
export type Permission = ServicePermissions[keyof ServicePermissions]

/** The names of what a service declares. */
export type PermissionOf<P extends Permissions> = {
  [R in keyof P['actions'] & string]: `${R}.${P['actions'][R][number]}`
}[keyof P['actions'] & string]

type Grant<A extends Actions> = {
  [R in keyof A & string]: `${R}.${A[R][number]}` | `${R}.*`
}[keyof A & string]

/**
 * A service's own permissions, in its `permissions.ts`:
 *
 *     export const permissions = definePermissions({ orders: ['view', 'cancel'] }, { manager: ['orders.view'] })
 *     declare module '../../shared/auth/permissions.ts' {
 *       interface ServicePermissions { orders: PermissionOf<typeof permissions> }
 *     }
 */
export const definePermissions = <const A extends Actions>(
  actions: A,
  roles: Readonly<Record<string, readonly Grant<A>[]>>,
): Permissions<A> => ({ actions, roles })
