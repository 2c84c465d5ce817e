import { and, eq, inArray, isNotNull, like, or } from 'drizzle-orm'
import { auditLog, idempotencyKeys, outbox } from '../../shared/db/tables.ts'
import type { Tx } from '../../shared/service/context.ts'
import type { Ctx } from './needs.ts'
import type { UserId } from './queries.ts'
import { invitations, sessions, userPermissions, userRoles, users } from './schema.ts'

/**
 * Takes everything that tells of a person out of this service's database: the account, its sessions and devices, where
 * the audit log says who came from where, and copies in the outbox and in stored answers. To be called with the account
 * locked, before the transaction emits or audits anything of its own.
 */
export async function erase(ctx: Ctx, tx: Tx, id: UserId): Promise<void> {
  const now = ctx.now()
  await tx.update(users).set({
    first_name: '',
    last_name: '',
    email: null,
    email_verified_at: null,
    password_hash: null,
    locale: null,
    last_login_at: null,
    deleted_at: now,
    updated_at: now,
  }).where(eq(users.id, id))
  await tx.delete(sessions).where(eq(sessions.user_id, id)) // and their refresh tokens
  await tx.delete(invitations).where(eq(invitations.user_id, id))
  await tx.delete(userRoles).where(eq(userRoles.user_id, id))
  await tx.delete(userPermissions).where(eq(userPermissions.user_id, id))
  await eraseCopies(tx, id)
}

/** Looked for without locks first: none of these is indexed by person, and others write to them all the time. */
async function eraseCopies(tx: Tx, id: UserId): Promise<void> {
  // Whoever is not signed in yet acts as a visitor, on the account: a registration, a sign-in, a failed one.
  const isTheirs = or(
    eq(auditLog.actor_id, id),
    and(eq(auditLog.target, id), eq(auditLog.actor_type, 'visitor')),
  )
  const entries = await tx.select({ id: auditLog.id }).from(auditLog)
    .where(and(isTheirs, or(isNotNull(auditLog.ip_address), isNotNull(auditLog.user_agent))))
  await inBatches(
    entries.map((row) => row.id),
    (ids) => tx.update(auditLog).set({ ip_address: null, user_agent: null }).where(inArray(auditLog.id, ids)),
  )
  const events = await tx.select({ id: outbox.id }).from(outbox).where(
    like(outbox.envelope, `%"subject":"${id}"%`),
  )
  await inBatches(events.map((row) => row.id), (ids) => tx.delete(outbox).where(inArray(outbox.id, ids)))
  const answers = await tx.select({ key: idempotencyKeys.key_hash }).from(idempotencyKeys)
    .where(like(idempotencyKeys.body, `%"id":"${id}"%`))
  await inBatches(
    answers.map((row) => row.key),
    (keys) => tx.delete(idempotencyKeys).where(inArray(idempotencyKeys.key_hash, keys)),
  )
}

async function inBatches<T>(all: T[], work: (some: T[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < all.length; from += 500) await work(all.slice(from, from + 500))
}
