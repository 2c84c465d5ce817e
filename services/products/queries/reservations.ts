import { and, eq, lt, type SQL, sql } from 'drizzle-orm'
import { affectedRows, arg, type Executor, prepared } from '../../../shared/db/database.ts'
import { MAX_STOCK } from '../domain/stock.ts'
import { reservations, variants } from '../schema.ts'
import { byNumber, idsOf, quantityOf } from './by-number.ts'

/**
 * Statements of the checkout's hot path, each with its guard in its WHERE. What concerns several variants is one
 * statement for all, which locks them in the order of their ids.
 */

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

/** What an order has reserved, and these variants of it, locked: a row for each that is there, one without any else. */
export const lockReserved = byNumber((size) =>
  prepared((db) =>
    db.select({
      lines,
      variant: {
        id: variants.id,
        product_id: variants.product_id,
        sku: variants.sku,
        stock: variants.stock,
        reserved: variants.reserved,
      },
      // A sub-select, as a join would lock the product, too.
      ref: sql<string>`(select p.ref from products p where p.id = ${variants.product_id})`,
    }).from(reservations).leftJoin(variants, sql`${variants.id} in (${idsOf(size)})`)
      .where(eq(order_id, arg(order_id, 'order_id'))).for('update')
  )
)

/** Variants as they are now, and stay until the transaction ends. */
export const lockVariants = byNumber((size) =>
  prepared((db) =>
    db.select().from(variants).where(sql`${variants.id} in (${idsOf(size)})`).orderBy(variants.id).for(
      'update',
    )
  )
)

const { stock, reserved, tracks_stock } = variants

/** Where more than this is free: what can be bought before can be bought after. */
export const holdPlenty = changing(
  (quantity) => ({ reserved: sql`${reserved} + ${quantity}` }),
  (quantity) => [eq(tracks_stock, true), sql`${stock} - ${reserved} > ${quantity}`],
)

export const holdStock = changing(
  (quantity) => ({ reserved: sql`${reserved} + ${quantity}` }),
  (quantity) => [eq(tracks_stock, true), sql`${stock} - ${reserved} >= ${quantity}`],
)

export const giveBackHeld = changing(
  (quantity) => ({ reserved: sql`${reserved} - ${quantity}` }),
  (quantity) => [sql`${reserved} >= ${quantity}`],
)

export const takeHeld = changing(
  (quantity) => ({ stock: sql`${stock} - ${quantity}`, reserved: sql`${reserved} - ${quantity}` }),
  (quantity) => [sql`${reserved} >= ${quantity}`, sql`${stock} >= ${quantity}`],
)

/** From what nobody holds. */
export const takeFree = changing(
  (quantity) => ({ stock: sql`${stock} - ${quantity}` }),
  (quantity) => [eq(tracks_stock, true), sql`${stock} - ${reserved} >= ${quantity}`],
)

/** As far as the column holds: what came back must not be refused for ever. */
export const putBack = changing(
  (quantity) => ({ stock: sql`LEAST(${stock} + ${quantity}, ${sql.raw(`${MAX_STOCK}`)})` }),
  () => [],
)

type Line = { variant_id: `var_${string}`; quantity: number }

/** Changes as many variants as lines name, each by its quantity and where its guard holds, and says how many those were. */
function changing(
  change: (quantity: SQL) => Partial<Record<'stock' | 'reserved', SQL>>,
  guard: (quantity: SQL) => SQL[],
): (db: Executor, lines: Line[]) => Promise<number> {
  const update = byNumber((size) =>
    prepared((db) => {
      const quantity = quantityOf(size)
      return db.update(variants).set(change(quantity))
        .where(and(sql`${variants.id} in (${idsOf(size)})`, ...guard(quantity)))
    })
  )
  return async (db, lines) => lines.length === 0 ? 0 : affectedRows(await update(db, lines))
}

const isOverdue = (now: Date) => and(eq(status, 'held'), lt(expires_at, now))

export const findOverdue = (db: Executor, now: Date, limit: number) =>
  db.select().from(reservations).where(isOverdue(now)).orderBy(expires_at).limit(limit)
