import { eq, inArray } from 'drizzle-orm'
import { type Executor, isDuplicate } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { permissions } from '../../schema.ts'
import type { AdminPermission } from '../../shapes/permission.ts'

export type PermissionRow = typeof permissions.$inferSelect
export type PermissionId = PermissionRow['id']

export const showPermission = ({ id, name, is_protected, created_at }: PermissionRow): AdminPermission => ({
  id,
  name,
  is_protected,
  created_at: created_at.toISOString(),
})

/** Throws `not_found`. */
export async function fetchPermission(db: Executor, id: PermissionId): Promise<PermissionRow> {
  const [permission] = await db.select().from(permissions).where(eq(permissions.id, id))
  if (!permission) throw new Problem('not_found')
  return permission
}

/** For permissions named in a body, at `pointer`. Throws `validation_failed` when there is none by a name. */
export async function fetchPermissionsByName(
  db: Executor,
  names: readonly string[],
  pointer: string,
): Promise<PermissionRow[]> {
  if (names.length === 0) return []
  const found = await db.select().from(permissions).where(inArray(permissions.name, [...names]))
  const missing = names.find((name) => !found.some((permission) => permission.name === name))
  if (missing === undefined) return found
  throw new Problem('validation_failed', undefined, {
    errors: [{ pointer, message: `there is no permission ${missing}` }],
  })
}

export function refuseProtected({ is_protected }: PermissionRow): void {
  if (is_protected) {
    throw new Problem('in_use', 'The platform itself asks for this permission')
  }
}

/** For `catch`. */
export function refuseDuplicate(error: unknown): never {
  if (isDuplicate(error, 'permissions_name')) {
    throw new Problem('already_exists', 'A permission has this name already')
  }
  throw error
}
