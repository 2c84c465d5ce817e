import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { PlatformApi, type ShopRecord } from './client/platform-api.ts'
import { ShopApi } from './client/shop-api.ts'
import { type PurchaseEvent, purchaseEvents } from './demo/purchase-events.ts'
import { bar, freePort, reason, step, stopAll, stopOnSignals, wasReported } from './stack/index.ts'
import { startPlatform } from './stack/platform.ts'
import { ROOT } from './stack/region.ts'
import { describe, findRunning, type RunningStack } from './stack/running.ts'

/**
 * `npm run demo [-- --csv FILE]`: makes a shop and sells something in it, through the edge, as an operator, a merchant and
 * a shopper would. Uses the platform that runs under .data, else starts one of its own and removes it.
 */
const csvPath = pathOfCatalogue()
const PASSWORD = `${randomBytes(9).toString('base64url')}aA1!`
const QUANTITY = 1
const started = Date.now()

let temporary: string | undefined
try {
  const csv = readFileSync(csvPath)
  const running = await findRunning(process.env.DATA_DIR ?? join(ROOT, '.data')) ?? await startTemporary()
  await demo(running, csv)
  await end(0)
} catch (error) {
  if (!wasReported(error)) console.error(`✗ ${reason(error)}`)
  await end(1)
}

/** The file after `--csv`, as seen from where npm was called; else the catalogue that comes with the project. */
function pathOfCatalogue(): string {
  const args = process.argv.slice(2).filter((each) => each !== '--')
  if (args.length === 0) return join(ROOT, 'tools/demo/catalogue.csv')
  if (args.length === 2 && args[0] === '--csv') {
    return resolve(process.env.INIT_CWD ?? process.cwd(), args[1]!)
  }
  console.error('usage: npm run demo [-- --csv FILE]')
  process.exit(2)
}

async function demo(running: RunningStack, csv: Uint8Array): Promise<void> {
  const operator = new PlatformApi(running.edgeUrl, running.operatorToken)
  const shop = await step('provision a shop', (say) => provision(operator, 'Demo', say))
  const other = await step('provision its neighbour', (say) => provision(operator, 'Neighbour', say))

  const merchant = new ShopApi(running.edgeUrl, shop.domain)
  await step(
    'the merchant accepts the invitation and signs in',
    async () => merchant.acceptInvitation(await operator.inviteOwner(shop.id), PASSWORD),
  )
  await importCatalogue(merchant, csv)
  const code = `WELCOME${randomBytes(2).toString('hex').toUpperCase()}`
  await step(
    `the merchant makes the promotion code ${code}, 10 %`,
    () =>
      merchant.expect(201, 'POST', '/v1/admin/promo-codes', {
        name: 'Welcome',
        code,
        kind: 'percentage',
        value: 1000,
      }),
  )

  const shopper = new ShopApi(running.edgeUrl, shop.domain)
  const product = await step(
    'a shopper opens the shop and looks around',
    (say) => chooseProduct(shopper, say),
  )
  const { body: counted } = await merchant.expect(200, 'GET', `/v1/admin/products/${product.id}`)
  const variant = counted.variants.filter(isForSale).sort(countedFirst)[0]
  const since = new Date()
  await step(
    'fills a basket as a guest',
    () => shopper.expect(200, 'POST', '/v1/baskets/items', { variant_id: variant.id, quantity: QUANTITY }),
  )
  await step('registers, and keeps the basket', () => register(shopper, variant.id))
  const basket = await step('uses the promotion code', async (say) => {
    const { body } = await shopper.expect(200, 'POST', '/v1/baskets/promo-codes', { code })
    say(
      `uses the promotion code: ${amount(body.totals.subtotal.gross)} − ${
        amount(body.totals.discount.gross)
      }`,
    )
    return body
  })
  const order = await step('checks out', (say) => checkOut(shopper, basket, say))
  await step('sees the confirmed order', () => confirmOrder(shopper, order))
  await step('stock went down by exactly that', (say) => checkStock(merchant, product.id, variant, say))
  await step(
    'the neighbour sees none of it',
    () => checkNeighbour(new ShopApi(running.edgeUrl, other.domain), shopper, product, order),
  )
  const events = await step('the events of the purchase are applied', () => eventsOf(running, shop, since))
  for (const event of events) console.log(`    ${describeEvent(event)}`)
  console.log(
    `\n  Sold ${product.name} as ${order.order_number} in ${
      ((Date.now() - started) / 1000).toFixed(1)
    } s, at http://${shop.domain}:${running.edgePort}/v1/products\n`,
  )
}

async function startTemporary(): Promise<RunningStack> {
  temporary = mkdtempSync(join(tmpdir(), 'cv-demo-'))
  stopOnSignals(async () => {
    await stopAll()
    rmSync(temporary!, { recursive: true, force: true })
  })
  const platform = await startPlatform({
    dir: temporary,
    edgePort: await freePort(),
    step,
    env: { LOG_LEVEL: 'warn' },
  })
  return describe(platform)
}

async function end(code: number): Promise<never> {
  if (temporary) {
    await stopAll()
    rmSync(temporary, { recursive: true, force: true })
  }
  process.exit(code)
}

async function provision(
  operator: PlatformApi,
  name: string,
  say: (title: string) => void,
): Promise<ShopRecord> {
  const owner = { email: 'owner@example.com', first_name: 'Olga', last_name: 'Owner' }
  const company_name = `${name} ${randomBytes(3).toString('hex')}`
  const shop = await operator.createShop({ company_name, plan: 'business', owner })
  say(`provision ${shop.domain}`)
  return shop
}

async function importCatalogue(merchant: ShopApi, csv: Uint8Array): Promise<void> {
  let progress: ReturnType<typeof bar> | undefined
  const done = await merchant.importCatalogue(csv, (state) => {
    if (state.total > 0) progress ??= bar('the merchant imports a catalogue', state.total)
    progress?.at(state.processed)
  })
  progress?.end()
  console.log(`    ${done.created} products, ${done.variants} variants from ${csvPath.split('/').at(-1)}`)
  const problems = done.problems as { line: number; severity: string; message: string }[]
  for (const { line, severity, message } of problems.slice(0, 10)) {
    console.log(`    line ${line}, ${severity}: ${message}`)
  }
  if (problems.length > 10) console.log(`    … and ${problems.length - 10} more`)
}

// deno-lint-ignore no-explicit-any
type Json = any

/** A merchant may leave some stock uncounted: it shows nothing of a sale. */
function countedFirst(a: Json, b: Json): number {
  return Number(a.available_quantity === null) - Number(b.available_quantity === null)
}

function isForSale(variant: Json): boolean {
  return variant.price !== null && variant.available
}

/** Searches for what the shop shows first, and takes something that is for sale. */
async function chooseProduct(shopper: ShopApi, say: (title: string) => void): Promise<Json> {
  const { body: list } = await shopper.expect(200, 'GET', '/v1/products?in_stock=true&limit=50')
  const word = /[\p{L}\p{N}]{3,}/u.exec(list.data[0]?.name ?? '')?.[0]
  if (!word) throw new Error('nothing in this catalogue is in stock')
  const { body: found } = await shopper.expect(
    200,
    'GET',
    `/v1/products/search?q=${encodeURIComponent(word)}`,
  )
  for (const card of [...found.data, ...list.data]) {
    const { body: product } = await shopper.expect(200, 'GET', `/v1/products/${card.slug}`)
    if (!product.variants.some(isForSale)) continue
    say(`a shopper searches for “${word}”, finds ${found.data.length}, opens ${product.name}`)
    return product
  }
  throw new Error('nothing in this catalogue can be bought')
}

async function register(shopper: ShopApi, variantId: string): Promise<void> {
  const email = `shopper-${randomBytes(4).toString('hex')}@example.com`
  const { body } = await shopper.expect(201, 'POST', '/v1/auth/register', {
    email,
    first_name: 'Alice',
    last_name: 'Martin',
    password: PASSWORD,
  })
  shopper.token = body.access_token
  const { body: basket } = await shopper.expect(200, 'POST', '/v1/baskets/current/merge')
  if (!basket.lines.some((line: Json) => line.variant_id === variantId)) {
    throw new Error('the guest’s basket was lost at registration')
  }
}

async function checkOut(shopper: ShopApi, basket: Json, say: (title: string) => void): Promise<Json> {
  const wanted = { basket_id: basket.id, shipping_method: 'standard' }
  const quote = (await shopper.expect(200, 'POST', '/v1/orders/quote', wanted)).body
  const { body } = await shopper.expect(201, 'POST', '/v1/orders', {
    ...wanted,
    expected_total: quote.expected_total,
    billing_address: {
      name: 'Alice Martin',
      line1: '12 rue des Lilas',
      city: 'Rennes',
      postal_code: '35000',
      country: 'FR',
    },
    payment_method: 'manual',
  }, { 'idempotency-key': randomBytes(12).toString('hex') })
  say(`checks out: ${amount(body.totals.total.gross)} with shipping and VAT`)
  return body
}

async function confirmOrder(shopper: ShopApi, order: Json): Promise<void> {
  const { body } = await shopper.expect(200, 'GET', `/v1/orders/${order.id}`)
  if (body.status !== 'confirmed') throw new Error(`the order is ${body.status}`)
}

async function checkStock(
  merchant: ShopApi,
  productId: string,
  bought: Json,
  say: (title: string) => void,
): Promise<void> {
  const read = async () => {
    const { body } = await merchant.expect(200, 'GET', `/v1/admin/products/${productId}`)
    return body.variants.find((variant: Json) => variant.id === bought.id)
  }
  const before = bought.available_quantity
  if (before === null) return say('stock of this product is not counted')
  for (let left = 100; left > 0; left--) {
    const now = await read()
    if (now.stock === before - QUANTITY && now.reserved === 0) {
      return say(`stock went down by exactly that: ${before} → ${now.stock}`)
    }
    await sleep(50)
  }
  throw new Error(`stock was ${before}, is ${JSON.stringify(await read())}`)
}

async function checkNeighbour(
  neighbour: ShopApi,
  shopper: ShopApi,
  product: Json,
  order: Json,
): Promise<void> {
  const { body } = await neighbour.expect(200, 'GET', '/v1/products')
  if (body.data.length > 0) throw new Error('the neighbour lists products')
  await neighbour.expect(404, 'GET', `/v1/products/${product.id}`)
  neighbour.token = shopper.token
  await neighbour.expect(401, 'GET', `/v1/orders/${order.id}`)
}

async function eventsOf(running: RunningStack, shop: ShopRecord, since: Date): Promise<PurchaseEvent[]> {
  const isApplied = (events: PurchaseEvent[]) =>
    events.every((event) => event.published !== null) &&
    events.some((event) => event.type === 'orders.order.confirmed' && event.applied.length > 1)
  for (let left = 100; left > 0; left--) {
    const events = await purchaseEvents(running.databaseUrl, shop.id, since)
    if (isApplied(events)) return events
    await sleep(50)
  }
  throw new Error('orders.order.confirmed was not applied by its consumers')
}

/** Delays count from the commit of the change that the event tells of. */
function describeEvent({ type, published, applied }: PurchaseEvent): string {
  const by = applied.map(({ consumer, ms }) => `, applied by ${consumer} after ${ms} ms`).join('')
  return `${type.padEnd(30)} published after ${published} ms${by}`
}

function amount({ amount, currency }: { amount: number; currency: string }): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / 100)
}
