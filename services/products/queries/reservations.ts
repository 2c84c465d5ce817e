import { and, eq, lt, sql } from 'drizzle-orm'
import { arg, type Executor, prepared } from '../../../shared/db/database.ts'
import { MAX_STOCK } from '../domain/stock.ts'
import { reservations, variants } from '../schema.ts'

/** Statements of the checkout's hot path, each with its guard in its WHERE. */

const { order_id, status, lines, expires_at, created_at, updated_at } = reservations

/** Nothing happens when the order has a row already. */
export const insertReservation = prepared((db) =>
  db.insert(reservations).ignore().values({
    order_id: arg(order_id, 'order_id'),
    status: arg(status, 'status'),
    lines: arg(lines, 'lines'),
    expires_at: arg(expires_at, 'expires_at'),
    created_at: arg(created_at, 'now'),
    updated_at: arg(updated_at, 'now'),
  })
)

export const findReservation = prepared((db) =>
  db.select().from(reservations).where(eq(order_id, arg(order_id, 'order_id')))
)

/** Moves it from one state to another, and tells by its affected rows who came first. */
export const moveReservation = prepared((db) =>
  db.update(reservations).set({ status: arg(status, 'to'), updated_at: arg(updated_at, 'now') } as never)
    .where(and(eq(order_id, arg(order_id, 'order_id')), eq(status, arg(status, 'from'))))
)

const ofVariant = eq(variants.id, arg(variants.id, 'id'))
const quantity = sql`${sql.placeholder('quantity')}`

export const holdStock = prepared((db) =>
  db.update(variants).set({ reserved: sql`${variants.reserved} + ${quantity}` })
    .where(
      and(
        ofVariant,
        eq(variants.tracks_stock, true),
        sql`${variants.stock} - ${variants.reserved} >= ${quantity}`,
      ),
    )
)

export const giveBackHeld = prepared((db) =>
  db.update(variants).set({ reserved: sql`${variants.reserved} - ${quantity}` })
    .where(and(ofVariant, sql`${variants.reserved} >= ${quantity}`))
)

export const takeHeld = prepared((db) =>
  db.update(variants).set({
    stock: sql`${variants.stock} - ${quantity}`,
    reserved: sql`${variants.reserved} - ${quantity}`,
  })
    .where(and(ofVariant, sql`${variants.reserved} >= ${quantity}`, sql`${variants.stock} >= ${quantity}`))
)

/** From what nobody holds. */
export const takeFree = prepared((db) =>
  db.update(variants).set({ stock: sql`${variants.stock} - ${quantity}` })
    .where(
      and(
        ofVariant,
        eq(variants.tracks_stock, true),
        sql`${variants.stock} - ${variants.reserved} >= ${quantity}`,
      ),
    )
)

/** As far as the column holds: what came back must not be refused for ever. */
export const putBack = prepared((db) =>
  db.update(variants).set({ stock: sql`LEAST(${variants.stock} + ${quantity}, ${sql.raw(`${MAX_STOCK}`)})` })
    .where(ofVariant)
)

const isOverdue = (now: Date) => and(eq(status, 'held'), lt(expires_at, now))

export const findOverdue = (db: Executor, now: Date, limit: number) =>
  db.select().from(reservations).where(isOverdue(now)).orderBy(expires_at).limit(limit)
