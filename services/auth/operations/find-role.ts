import { eq, inArray } from 'drizzle-orm'
import type { Executor } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { permissionsOfRole } from '../queries.ts'
import { roles } from '../schema.ts'

export type RoleRow = typeof roles.$inferSelect & { permissions: string[] | null }
export type RoleId = RoleRow['id']

export const selectRole = (db: Executor) =>
  db.select({
    id: roles.id,
    name: roles.name,
    created_at: roles.created_at,
    updated_at: roles.updated_at,
    permissions: permissionsOfRole,
  }).from(roles)

/** Throws `not_found`. */
export async function fetchRole(db: Executor, id: RoleId): Promise<RoleRow> {
  const [role] = await selectRole(db).where(eq(roles.id, id))
  if (!role) throw new Problem('not_found')
  return role
}

/** For roles named in a body, at `pointer`. Throws `validation_failed` when there is none by a name. */
export async function fetchRolesByName(db: Executor, names: string[], pointer: string): Promise<RoleRow[]> {
  const found = await selectRole(db).where(inArray(roles.name, names))
  const missing = names.find((name) => !found.some((role) => role.name === name))
  if (missing === undefined) return found
  throw new Problem('validation_failed', undefined, {
    errors: [{ pointer, message: `there is no role ${missing}` }],
  })
}
