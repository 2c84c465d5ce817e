/** Who is asking. */
export type Actor =
  | { type: 'visitor' }
  | {
    type: 'user'
    id: `user_${string}`
    session: `ses_${string}`
    email: string
    name: string
    roles: string[]
    permissions: string[]
  }
  /** Another service, a consumer or a job, on behalf of the platform. */
  | { type: 'system'; name: string }
  /** An operator of the platform, on the platform's own API. */
  | { type: 'operator' }
  /** A caller that proved to know the webhook secret. */
  | { type: 'webhook' }

/** `products.create` is granted by itself, by `products.*` and by `*`. */
export function permits(granted: readonly string[], permission: string): boolean {
  const resource = permission.split('.')[0]
  return granted.includes(permission) || granted.includes(`${resource}.*`) || granted.includes('*')
}

export function allows(actor: Actor, permission: string): boolean {
  if (actor.type === 'system' || actor.type === 'operator') return true
  return actor.type === 'user' && permits(actor.permissions, permission)
}
