import type { Connection } from 'mysql2/promise'

export const FLOOR_DATABASE = 'floor_db'

/** As plain as a shop can be written. Numbers for ids, no key that nothing reads by. */
const TABLES = [
  'CREATE TABLE variants (id INT PRIMARY KEY, name VARCHAR(255) NOT NULL, price BIGINT NOT NULL, stock INT NOT NULL)',
  'CREATE TABLE baskets (id INT PRIMARY KEY, version INT NOT NULL, subtotal BIGINT NOT NULL, updated_at DATETIME(3) NOT NULL)',
  `CREATE TABLE basket_lines (basket_id INT NOT NULL, variant_id INT NOT NULL, quantity INT NOT NULL, price BIGINT NOT NULL,
    updated_at DATETIME(3) NOT NULL, PRIMARY KEY (basket_id, variant_id))`,
  `CREATE TABLE orders (id BIGINT AUTO_INCREMENT PRIMARY KEY, customer_id INT NOT NULL, status VARCHAR(12) NOT NULL,
    net BIGINT NOT NULL, vat BIGINT NOT NULL, gross BIGINT NOT NULL, billing_address JSON NOT NULL,
    placed_at DATETIME(3) NOT NULL, KEY (customer_id, placed_at))`,
  `CREATE TABLE order_lines (id BIGINT AUTO_INCREMENT PRIMARY KEY, order_id BIGINT NOT NULL, variant_id INT NOT NULL,
    name VARCHAR(255) NOT NULL, quantity INT NOT NULL, unit_net BIGINT NOT NULL, KEY (order_id))`,
  'CREATE TABLE reservations (order_id BIGINT PRIMARY KEY, `lines` JSON NOT NULL, expires_at DATETIME(3) NOT NULL)',
  `CREATE TABLE outbox (id BIGINT AUTO_INCREMENT PRIMARY KEY, subject VARCHAR(255) NOT NULL, envelope MEDIUMTEXT NOT NULL,
    created_at DATETIME(3) NOT NULL)`,
]
const PRICE = 1_000
const AMPLE_STOCK = 1_000_000_000

/** Tables of the floor's own beside the shop's, in the same server: baskets 0 to `customers` - 1, variants 0 to `variants` - 1. */
export async function makeFloorTables(
  connection: Connection,
  counts: { customers: number; variants: number },
): Promise<void> {
  await connection.query(`CREATE DATABASE ${FLOOR_DATABASE}`)
  for (const table of TABLES) await connection.query(table.replace('TABLE ', `TABLE ${FLOOR_DATABASE}.`))
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)
  await connection.query(`INSERT INTO ${FLOOR_DATABASE}.variants VALUES ?`, [
    numbers(counts.variants).map((i) => [i, `Product ${i}`, PRICE, AMPLE_STOCK]),
  ])
  await connection.query(`INSERT INTO ${FLOOR_DATABASE}.baskets VALUES ?`, [
    numbers(counts.customers).map((i) => [i, 1, 0, new Date()]),
  ])
}
