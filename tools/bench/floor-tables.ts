import type { Connection } from 'mysql2/promise'

export const FLOOR_DATABASE = 'floor_db'

/** What the region answers for one product, and what its card is found by. */
export type Document = { slug: string; detail: string; etag: string; card: string; words: string }

/** As plain as a shop can be written. Numbers for ids, no key that nothing reads by. */
const TABLES = [
  'CREATE TABLE documents (slug VARCHAR(255) PRIMARY KEY, etag VARCHAR(64) NOT NULL, detail MEDIUMTEXT NOT NULL)',
  'CREATE TABLE cards (position INT PRIMARY KEY, card TEXT NOT NULL, words TEXT NOT NULL, FULLTEXT KEY (words))',
  `CREATE TABLE variants (id INT PRIMARY KEY, name VARCHAR(255) NOT NULL, price BIGINT NOT NULL, vat_rate INT NOT NULL,
    stock INT NOT NULL)`,
  `CREATE TABLE baskets (id INT PRIMARY KEY, status VARCHAR(12) NOT NULL, version INT NOT NULL, subtotal BIGINT NOT NULL,
    updated_at DATETIME(3) NOT NULL)`,
  `CREATE TABLE basket_lines (basket_id INT NOT NULL, variant_id INT NOT NULL, quantity INT NOT NULL, price BIGINT NOT NULL,
    updated_at DATETIME(3) NOT NULL, PRIMARY KEY (basket_id, variant_id))`,
  `CREATE TABLE orders (id BIGINT AUTO_INCREMENT PRIMARY KEY, customer_id INT NOT NULL, status VARCHAR(12) NOT NULL,
    net BIGINT NOT NULL, vat BIGINT NOT NULL, gross BIGINT NOT NULL, billing_address JSON NOT NULL,
    placed_at DATETIME(3) NOT NULL, KEY (customer_id, placed_at))`,
  `CREATE TABLE order_lines (id BIGINT AUTO_INCREMENT PRIMARY KEY, order_id BIGINT NOT NULL, variant_id INT NOT NULL,
    name VARCHAR(255) NOT NULL, quantity INT NOT NULL, unit_net BIGINT NOT NULL, KEY (order_id))`,
  `CREATE TABLE order_history (id BIGINT AUTO_INCREMENT PRIMARY KEY, order_id BIGINT NOT NULL, status VARCHAR(12) NOT NULL,
    changed_at DATETIME(3) NOT NULL, KEY (order_id))`,
  'CREATE TABLE reservations (order_id BIGINT PRIMARY KEY, `lines` JSON NOT NULL, expires_at DATETIME(3) NOT NULL)',
  `CREATE TABLE outbox (id BIGINT AUTO_INCREMENT PRIMARY KEY, subject VARCHAR(255) NOT NULL, envelope MEDIUMTEXT NOT NULL,
    created_at DATETIME(3) NOT NULL)`,
]
const PRICE = 1_000
const VAT_RATE = 2_000
const AMPLE_STOCK = 1_000_000_000
/** Rows of an INSERT: a few megabytes of documents. */
const ROWS = 250

type Contents = {
  /** In the order in which lists show them. */
  documents: Document[]
  /** Baskets 0 to `customers` - 1. */
  customers: number
  /** Variants 0 to `variants` - 1. */
  variants: number
}

/** Tables of the floor's own, beside the shop's and in the same server. */
export async function makeFloorTables(
  connection: Connection,
  { documents, customers, variants }: Contents,
): Promise<void> {
  await connection.query(`CREATE DATABASE ${FLOOR_DATABASE}`)
  for (const table of TABLES) await connection.query(table.replace('TABLE ', `TABLE ${FLOOR_DATABASE}.`))
  const insert = async (target: string, rows: unknown[][]) => {
    for (let at = 0; at < rows.length; at += ROWS) {
      await connection.query(`INSERT INTO ${FLOOR_DATABASE}.${target} VALUES ?`, [rows.slice(at, at + ROWS)])
    }
  }
  await insert(
    'documents (slug, etag, detail)',
    documents.map(({ slug, etag, detail }) => [slug, etag, detail]),
  )
  await insert('cards (position, card, words)', documents.map(({ card, words }, n) => [n, card, words]))
  await insert('variants', numbers(variants).map((n) => [n, `Product ${n}`, PRICE, VAT_RATE, AMPLE_STOCK]))
  await insert('baskets', numbers(customers).map((n) => [n, 'active', 1, 0, new Date()]))
  await connection.query(
    `ANALYZE TABLE ${['documents', 'cards', 'variants'].map((table) => `${FLOOR_DATABASE}.${table}`)}`,
  )
}

/** Empties all baskets, then puts one line into each of so many: variant n into basket n. */
export async function fillFloorBaskets(
  connection: Connection,
  count: number,
  quantity: number,
): Promise<void> {
  await connection.query(`DELETE FROM ${FLOOR_DATABASE}.basket_lines`)
  await connection.query(`UPDATE ${FLOOR_DATABASE}.baskets SET status = 'active'`)
  if (count === 0) return
  await connection.query(`INSERT INTO ${FLOOR_DATABASE}.basket_lines VALUES ?`, [
    numbers(count).map((n) => [n, n, quantity, PRICE, new Date()]),
  ])
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)
