import { eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { MySqlColumn } from 'drizzle-orm/mysql-core'
import { auditLog, idempotencyKeys } from '../../../../shared/db/tables.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { customerAnonymised } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { type OrderRow, orders, orderStatusHistory, payments } from '../../schema.ts'

const ERASED = ['name', 'email', 'phone', 'addresses', 'notes', 'reasons', 'ip_address', 'user_agent']
/**
 * Accounting records are kept for ten years (Code de commerce L123-22): what was sold, for how much, at which VAT, to
 * which country. Who the customer was stands on the invoice, which is a document of its own with its own time limit,
 * and not in here.
 */
const KEPT = ['order_number', 'lines', 'amounts', 'vat', 'country', 'dates']
/** Orders a statement. */
const BATCH = 500

/** The account is gone: whoever it was goes from its orders and from what tells of them, and an event says so. */
export async function anonymiseCustomer(ctx: Ctx, user_id: OrderRow['user_id']): Promise<void> {
  await ctx.transaction(async (tx) => {
    const at = ctx.now()
    const own = await tx.select({ id: orders.id }).from(orders).where(eq(orders.user_id, user_id))
    if (own.length === 0) return
    await tx.update(orders).set({
      customer_name: 'Deleted User',
      customer_email: 'deleted@example.invalid',
      customer_phone: null,
      billing_address: countryOf(orders.billing_address),
      shipping_address: countryOf(orders.shipping_address),
      notes: null,
      admin_notes: null,
      cancellation_reason: null,
      ip_address: null,
      user_agent: null,
      version: sql`${orders.version} + 1`,
      updated_at: at,
    }).where(eq(orders.user_id, user_id))
    for (let from = 0; from < own.length; from += BATCH) {
      await eraseCopies(tx, own.slice(from, from + BATCH).map(({ id }) => id))
    }
    tx.emit(customerAnonymised, {
      user_id,
      orders: own.length,
      erased: ERASED,
      kept: KEPT,
      anonymised_at: at.toISOString(),
    })
  })
}

/** What was said of the orders, by whomever, and answers that are kept for their keys. */
async function eraseCopies(tx: Tx, ids: OrderRow['id'][]): Promise<void> {
  await tx.update(orderStatusHistory).set({ reason: null }).where(inArray(orderStatusHistory.order_id, ids))
  await tx.update(payments).set({ refund_reason: null }).where(inArray(payments.order_id, ids))
  await tx.update(auditLog)
    .set({ changes: sql`json_remove(${auditLog.changes}, '$.reason', '$.admin_notes')` })
    .where(inArray(auditLog.target, ids))
  // Looked for without locks first: nothing of theirs is indexed, and every request with a key writes there.
  const answers = await tx.select({ key_hash: idempotencyKeys.key_hash }).from(idempotencyKeys)
    .where(inArray(sql`json_value(${idempotencyKeys.body}, '$.id')`, ids))
  const keys = answers.map(({ key_hash }) => key_hash)
  if (keys.length > 0) await tx.delete(idempotencyKeys).where(inArray(idempotencyKeys.key_hash, keys))
}

const countryOf = (address: MySqlColumn): SQL =>
  sql`if(${address} is null, null, json_object('name', 'Deleted User', 'given_name', null, 'family_name', null,
    'company', null, 'line1', '', 'line2', null, 'city', '', 'postal_code', null, 'region', null,
    'country', json_value(${address}, '$.country'), 'phone', null))`
