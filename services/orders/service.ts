import { defineService } from '../../shared/service/service.ts'
import * as events from './events.ts'
import { tables } from './schema.ts'

export default defineService({
  name: 'orders',
  summary: 'Checkout, orders and their payments',
  resources: ['orders', 'shipping-methods'],
  scope: 'tenant',
  tables,
  migrations: new URL('./migrations/', import.meta.url),
  events,
  endpoints: [],
})
