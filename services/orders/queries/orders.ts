import { and, asc, eq, isNull } from 'drizzle-orm'
import { arg, argsOf, type Executor, prepared, preparedRows } from '../../../shared/db/database.ts'
import { found } from '../../../shared/db/rows.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { stockOf } from '../domain/order-states.ts'
import { type OrderRow, orders, orderStatusHistory, payments, shippingMethods } from '../schema.ts'

/** Beyond, a list that a shopper has to choose from is none. */
const MAX_METHODS = 100

const orderById = prepared((db) => db.select().from(orders).where(eq(orders.id, arg(orders.id, 'id'))))
const statusById = prepared((db) =>
  db.select({ status: orders.status }).from(orders).where(eq(orders.id, arg(orders.id, 'id')))
)
const methodByCode = prepared((db) =>
  db.select().from(shippingMethods)
    .where(
      and(eq(shippingMethods.code, arg(shippingMethods.code, 'code')), eq(shippingMethods.is_active, true)),
    )
)
export const insertOrder = prepared((db) => db.insert(orders).values(argsOf(orders)))
export const insertPayment = prepared((db) => db.insert(payments).values(argsOf(payments)))
export const insertHistory = preparedRows(orderStatusHistory)

/** Also deleted ones: for work that has begun. */
export async function findOrder(db: Executor, id: OrderRow['id']): Promise<OrderRow | undefined> {
  const [order] = await orderById(db, { id })
  return order
}

/** Throws `not_found`, also for an order of somebody else when `owner` is given. */
export async function fetchOrder(
  db: Executor,
  id: OrderRow['id'],
  owner?: OrderRow['user_id'],
): Promise<OrderRow> {
  const conditions = [eq(orders.id, id), isNull(orders.deleted_at), owner && eq(orders.user_id, owner)]
  return found(await db.select().from(orders).where(and(...conditions)))
}

/** The order as it is, for as long as the transaction lasts. Throws `not_found`. */
export async function lockOrder(tx: Executor, id: OrderRow['id']): Promise<OrderRow> {
  const live = and(eq(orders.id, id), isNull(orders.deleted_at))
  return found(await tx.select().from(orders).where(live).for('update'))
}

/** The one order of a basket that was not cancelled. */
export async function findOrderOfBasket(
  db: Executor,
  basket: OrderRow['basket_id'],
): Promise<OrderRow | undefined> {
  const [order] = await db.select().from(orders).where(eq(orders.placed_basket_id, basket))
  return order
}

/** What others may know of an order. */
export async function stateOf(db: Executor, id: OrderRow['id']) {
  const [row] = await statusById(db, { id })
  return row ? { status: row.status, stock: stockOf(row.status) } : { status: null, stock: null }
}

/** Those a shopper can choose from, cheapest first. */
export const offeredMethods = (db: Executor) =>
  db.select().from(shippingMethods).where(eq(shippingMethods.is_active, true))
    .orderBy(asc(shippingMethods.price), asc(shippingMethods.code)).limit(MAX_METHODS)

/** Throws `validation_failed` for a method that is not offered. */
export async function fetchShippingMethod(db: Executor, code: string) {
  const [method] = await methodByCode(db, { code })
  if (method) return method
  throw new Problem('validation_failed', undefined, {
    errors: [{ pointer: '/shipping_method', message: 'is not offered: see GET /v1/shipping-methods' }],
  })
}

export const fetchPayment = async (db: Executor, order_id: OrderRow['id']) =>
  found(await db.select().from(payments).where(eq(payments.order_id, order_id)))

export const historyOf = (db: Executor, order_id: OrderRow['id']) =>
  db.select().from(orderStatusHistory).where(eq(orderStatusHistory.order_id, order_id))
    .orderBy(asc(orderStatusHistory.changed_at), asc(orderStatusHistory.id))

export const paymentsOf = (db: Executor, order_id: OrderRow['id']) =>
  db.select().from(payments).where(eq(payments.order_id, order_id)).orderBy(asc(payments.created_at))
