import { providePort } from '../../shared/service/port.ts'
import { defineService } from '../../shared/service/service.ts'
import { onUserDeleted } from './consumers/auth.ts'
import { adminOrders } from './endpoints/admin-orders.ts'
import { orderStatuses } from './endpoints/order-statuses.ts'
import { orders } from './endpoints/orders.ts'
import { shippingMethods } from './endpoints/shipping-methods.ts'
import { config } from './config.ts'
import * as events from './events.ts'
import { type Ctx, needs } from './needs.ts'
import { nextUnfinished, resume } from './operations/orders/resume.ts'
import { seed } from './operations/shipping-methods/seed.ts'
import { orderStates } from './ports.ts'
import { stateOf } from './queries/orders.ts'
import { permissions } from './permissions.ts'
import './problems.ts'
import { tables } from './schema.ts'

export default defineService<Ctx>({
  name: 'orders',
  summary: 'Checkout, orders and their payments',
  resources: ['orders', 'order-statuses', 'shipping-methods'],
  permissions,
  config,
  tables,
  migrations: new URL('./migrations/', import.meta.url),
  events,
  needs,
  provides: [
    providePort<Ctx, typeof orderStates>(orderStates, {
      find: (ctx, { order_id }) => stateOf(ctx.db, order_id),
    }),
  ],
  endpoints: [orders, adminOrders, shippingMethods, orderStatuses],
  consumers: [onUserDeleted],
  jobs: [{ name: 'resume-checkouts', next: nextUnfinished, run: resume }],
  seed,
})
