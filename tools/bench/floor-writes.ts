import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise'

/** 5 statements: what is in the basket, what the variant costs, the line, the basket, the event. */
export async function addToBasket(tx: PoolConnection, basket: number, variant_id: number, quantity: number) {
  const now = new Date()
  const [lines] = await tx.execute<RowDataPacket[]>(
    `SELECT b.version, l.variant_id, l.quantity, l.price FROM baskets b LEFT JOIN basket_lines l ON l.basket_id = b.id
     WHERE b.id = ?`,
    [basket],
  )
  const [[variant]] = await tx.execute<RowDataPacket[]>(
    'SELECT name, price, vat_rate, stock FROM variants WHERE id = ?',
    [variant_id],
  )
  await tx.execute(
    `INSERT INTO basket_lines VALUES (?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE quantity = quantity + VALUES(quantity), price = VALUES(price), updated_at = VALUES(updated_at)`,
    [basket, variant_id, quantity, variant!.price, now],
  )
  await tx.execute(
    'UPDATE baskets SET version = version + 1, subtotal = subtotal + ?, updated_at = ? WHERE id = ?',
    [quantity * variant!.price, now, basket],
  )
  const changed = { basket, lines, line: { variant_id, quantity, ...variant } }
  await tellOf(tx, 'floor.basket.changed', changed, now)
  return changed
}

/** 8 statements for a basket of any number of lines. */
export async function placeOrder(tx: PoolConnection, basket: number, address: unknown) {
  const now = new Date()
  const [lines] = await tx.execute<RowDataPacket[]>(
    'SELECT l.variant_id, l.quantity, v.name, v.price FROM basket_lines l JOIN variants v ON v.id = l.variant_id WHERE l.basket_id = ?',
    [basket],
  )
  const net = lines.reduce((sum, line) => sum + line.price * line.quantity, 0)
  const vat = Math.round(net / 5)
  const [{ insertId: id }] = await tx.execute<ResultSetHeader>(
    `INSERT INTO orders (customer_id, status, net, vat, gross, billing_address, placed_at) VALUES (?, 'confirmed', ?, ?, ?, ?, ?)`,
    [basket, net, vat, net + vat, JSON.stringify(address), now],
  )
  await tx.execute(
    `INSERT INTO order_lines (order_id, variant_id, name, quantity, unit_net) VALUES ${
      lines.map(() => '(?, ?, ?, ?, ?)')
    }`,
    lines.flatMap((line) => [id, line.variant_id, line.name, line.quantity, line.price]),
  )
  await tx.execute('INSERT INTO order_history (order_id, status, changed_at) VALUES (?, ?, ?)', [
    id,
    'confirmed',
    now,
  ])
  const [{ affectedRows }] = await tx.execute<ResultSetHeader>(
    `UPDATE variants v JOIN basket_lines l ON l.variant_id = v.id SET v.stock = v.stock - l.quantity
     WHERE l.basket_id = ? AND v.stock >= l.quantity`,
    [basket],
  )
  if (affectedRows !== lines.length) throw new Error('out of stock')
  await tx.execute('INSERT INTO reservations VALUES (?, ?, ?)', [id, JSON.stringify(lines), now])
  await tx.execute(
    "UPDATE baskets SET status = 'converted', version = version + 1, updated_at = ? WHERE id = ?",
    [
      now,
      basket,
    ],
  )
  const placed = { id, basket, net, vat, gross: net + vat, lines, billing_address: address, placed_at: now }
  await tellOf(tx, 'floor.order.confirmed', placed, now)
  return placed
}

async function tellOf(tx: PoolConnection, subject: string, data: unknown, now: Date): Promise<void> {
  await tx.execute('INSERT INTO outbox (subject, envelope, created_at) VALUES (?, ?, ?)', [
    subject,
    JSON.stringify(data),
    now,
  ])
}
