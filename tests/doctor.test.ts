import { spawn } from 'node:child_process'
import process from 'node:process'
import { expect, test } from 'vitest'
import { idToBytes, newId } from '../shared/kernel/id.ts'
import { ROOT } from '../tools/stack/region.ts'
import { ownPlatform } from './support/own-platform.ts'
import { newShop, type Shop } from './support/shops.ts'

const own = ownPlatform()

/** `npm run doctor`, as an operator runs it. */
async function doctor(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const { databaseUrl, natsUrl, platformSecret, operatorToken, webhookSecret } = own.running
  const child = spawn('node', ['tools/run.mjs', 'doctor', ...args], {
    cwd: ROOT,
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      NATS_URL: natsUrl,
      PLATFORM_SECRET: platformSecret,
      OPERATOR_TOKEN: operatorToken,
      WEBHOOK_SECRET: webhookSecret,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk) => text += chunk)
  const code = await new Promise<number>((resolve) => child.on('close', (each) => resolve(each ?? -1)))
  return { code, lines: text.trim().split('\n') }
}

async function filledShop(): Promise<Shop> {
  const shop = await newShop({ on: own.running })
  const owner = await shop.owner()
  for (const name of ['Mug', 'Cup']) {
    await owner.post(
      '/v1/admin/products',
      { name, status: 'active', variants: [{ price: 1, stock: 1 }] },
      201,
    )
  }
  return shop
}

test(
  'the doctor tells which shop is in trouble and mends what shoppers see; the rest it leaves to people',
  async () => {
    const [well, ill] = [await filledShop(), await filledShop()]
    expect(await doctor()).toEqual({ code: 0, lines: ['2 shops and the platform: all well'] })

    await ill.rows('products', `UPDATE product_documents SET detail = '{}'`)
    const first = await doctor()
    expect(first.code).toBe(1)
    expect(first.lines).toHaveLength(2)
    expect(first.lines[0]).toMatch(new RegExp(`^${ill.id}: the document of prod_\\w+ shows something else`))
    expect(first.lines[1]).toBe('2 shops and the platform: 1 in trouble')

    expect(await doctor('--repair')).toEqual({ code: 0, lines: ['2 shops and the platform: all well'] })
    expect((await ill.visitor().get('/v1/products/mug', 200)).body.name).toBe('Mug')

    // Claimed for longer than anyone works on it, so that no process sends it while the doctor looks.
    await well.rows(
      'orders',
      `INSERT INTO outbox (id, subject, envelope, created_at, claimed_until)
     VALUES (?, 'events.s0.x.orders.order.confirmed', '{}', NOW() - INTERVAL 2 MINUTE, NOW() + INTERVAL 1 DAY)`,
      [Buffer.from(idToBytes('evt', newId('evt')))],
    )
    const last = await doctor('--repair')
    expect(last.code).toBe(1)
    expect(last.lines[0]).toMatch(
      new RegExp(`^${well.id}: evt_\\w+ of orders is unsent \\(orders.order.confirmed\\)$`),
    )
  },
  180_000,
)

test('what the doctor doesn’t know it refuses', async () => {
  expect((await doctor('--force')).code).toBe(2)
})
