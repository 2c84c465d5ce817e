import { eq, inArray } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import { found, onDuplicate } from '../../../../shared/db/rows.ts'
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
  return found(await db.select().from(permissions).where(eq(permissions.id, id)))
}

/** For permissions named in a body, at `pointer`. Throws `validation_failed` when there is none by a name. */
export async function fetchPermissionsByName(
  db: Executor,
  names: readonly string[],
  pointer: string,
): Promise<PermissionRow[]> {
  if (names.length === 0) return []
  const known = await db.select().from(permissions).where(inArray(permissions.name, [...names]))
  const missing = names.find((name) => !known.some((permission) => permission.name === name))
  if (missing === undefined) return known
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
export const refuseTaken = onDuplicate({ permissions_name: 'A permission has this name already' })
