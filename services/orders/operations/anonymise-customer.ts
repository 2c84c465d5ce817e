import { eq, type SQL, sql } from 'drizzle-orm'
import type { MySqlColumn } from 'drizzle-orm/mysql-core'
import type { Ctx } from '../needs.ts'
import { type OrderRow, orders } from '../schema.ts'

/** Orders are kept for accounting: amounts, place and country stay, whoever it was goes. */
export async function anonymiseCustomer(ctx: Ctx, user_id: OrderRow['user_id']): Promise<void> {
  await ctx.transaction(async (tx) => {
    await tx.update(orders).set({
      customer_name: 'Deleted User',
      customer_email: 'deleted@example.invalid',
      customer_phone: null,
      billing_address: withoutPerson(orders.billing_address),
      shipping_address: withoutPerson(orders.shipping_address),
      notes: null,
      ip_address: null,
      user_agent: null,
      version: sql`${orders.version} + 1`,
      updated_at: ctx.now(),
    }).where(eq(orders.user_id, user_id))
  })
}

const withoutPerson = (address: MySqlColumn): SQL =>
  sql`json_set(${address}, '$.first_name', 'Deleted', '$.last_name', 'User', '$.company', null,
    '$.line1', '', '$.line2', null, '$.phone', null)`
