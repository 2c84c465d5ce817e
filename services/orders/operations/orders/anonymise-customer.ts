import { eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { MySqlColumn } from 'drizzle-orm/mysql-core'
import { affectedRows } from '../../../../shared/db/database.ts'
import { customerAnonymised } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { type OrderRow, orders, orderStatusHistory } from '../../schema.ts'

const ERASED = ['name', 'email', 'phone', 'addresses', 'notes', 'reasons', 'ip_address', 'user_agent']
/**
 * Accounting records are kept for ten years (Code de commerce L123-22): what was sold, for how much, at which VAT, to
 * which country. Who the customer was stands on the invoice, which is a document of its own with its own time limit,
 * and not in here.
 */
const KEPT = ['order_number', 'lines', 'amounts', 'vat', 'country', 'dates']

/** The account is gone: whoever it was goes from its orders, and an event tells so. */
export async function anonymiseCustomer(ctx: Ctx, user_id: OrderRow['user_id']): Promise<void> {
  await ctx.transaction(async (tx) => {
    const at = ctx.now()
    const changed = await tx.update(orders).set({
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
    if (affectedRows(changed) === 0) return
    const own = tx.select({ id: orders.id }).from(orders).where(eq(orders.user_id, user_id))
    await tx.update(orderStatusHistory).set({ reason: null }).where(inArray(orderStatusHistory.order_id, own))
    tx.emit(customerAnonymised, {
      user_id,
      orders: affectedRows(changed),
      erased: ERASED,
      kept: KEPT,
      anonymised_at: at.toISOString(),
    })
  })
}

const countryOf = (address: MySqlColumn): SQL =>
  sql`if(${address} is null, null, json_object('name', 'Deleted User', 'given_name', null, 'family_name', null,
    'company', null, 'line1', '', 'line2', null, 'city', '', 'postal_code', null, 'region', null,
    'country', json_value(${address}, '$.country'), 'phone', null))`
