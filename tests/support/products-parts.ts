import { type OrderStatus, stockOf } from '../../services/orders/domain/order-states.ts'
import { inject } from 'vitest'
import products from '../../services/products/service.ts'
import type { Ctx } from '../../services/products/needs.ts'
import { orderStates } from '../../services/orders/ports.ts'
import { readConfig } from '../../shared/host/config.ts'
import { Host } from '../../shared/host/host.ts'
import { providePort } from '../../shared/service/port.ts'
import { defineService } from '../../shared/service/service.ts'
import type { Shop } from './shops.ts'

/** The products service in the test's own process, beside orders of its invention: for what has no HTTP of its own. */
export function hostProducts() {
  const { databaseUrl, natsUrl, platformSecret, operatorToken, webhookSecret } = inject('platform')
  const states = new Map<string, OrderStatus>()
  const orders = defineService({
    name: 'orders',
    summary: 'Orders that are in the state a test says',
    resources: ['orders'],
    tables: {},
    migrations: new URL('./', import.meta.url),
    endpoints: [],
    provides: [providePort(orderStates, {
      find: (_: unknown, { order_id }) => {
        const status = states.get(order_id) ?? null
        return Promise.resolve({ status, stock: status && stockOf(status) })
      },
    })],
  })
  const host = new Host(
    [products, orders],
    readConfig({
      DATABASE_URL: databaseUrl,
      NATS_URL: natsUrl,
      PLATFORM_SECRET: platformSecret,
      OPERATOR_TOKEN: operatorToken,
      WEBHOOK_SECRET: webhookSecret,
      LOG_LEVEL: 'silent',
    }, [products]),
  )
  return {
    states,
    contextOf: (shop: Shop) => host.systemContext(products, shop.tenant, 'test') as unknown as Ctx,
    stop: () => host.stop(),
  }
}

/** Data of the events of this type that the shop's products service has written. */
export async function eventsOf<T = Record<string, unknown>>(shop: Shop, type: string): Promise<T[]> {
  const rows = await shop.rows<{ envelope: string }>(
    'products',
    'SELECT envelope FROM outbox WHERE subject LIKE ? ORDER BY id',
    [`%.${type}`],
  )
  return rows.map(({ envelope }) => JSON.parse(envelope).data)
}
