import { inject } from 'vitest'
import { type OrderStatus, stockOf } from '../../services/orders/domain/order-states.ts'
import { orderStates } from '../../services/orders/ports.ts'
import type { Ctx } from '../../services/products/needs.ts'
import products from '../../services/products/service.ts'
import { providePort } from '../../shared/service/port.ts'
import { fake, hostBeside } from './host-alone.ts'
import type { Shop } from './shops.ts'

/** The products service in the test's own process, beside orders that are in the state a test says. */
export function hostProducts() {
  const states = new Map<string, OrderStatus>()
  const orders = fake('orders', [providePort(orderStates, {
    find: (_: unknown, { order_id }) => {
      const status = states.get(order_id) ?? null
      return Promise.resolve({ status, stock: status && stockOf(status) })
    },
  })])
  const { contextOf, stop } = hostBeside(products, inject('platform'), [orders])
  return { states, contextOf: (shop: Shop) => contextOf<Ctx>(shop), stop }
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
