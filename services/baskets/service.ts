import { providePort } from '../../shared/service/port.ts'
import { defineService, type Job } from '../../shared/service/service.ts'
import { onOrderCancelled, onOrderConfirmed, onOrderRefunded } from './consumers/orders.ts'
import { onUserDeleted } from './consumers/users.ts'
import { adminBaskets } from './endpoints/admin-baskets.ts'
import { adminPromoCodes } from './endpoints/admin-promo-codes.ts'
import { currentBasket } from './endpoints/current-basket.ts'
import { promoCodes } from './endpoints/promo-codes.ts'
import * as events from './events.ts'
import { abandonIdle, nextIdle } from './operations/baskets/abandon-idle.ts'
import { cleanUp } from './operations/baskets/clean-up.ts'
import { convert } from './operations/baskets/convert.ts'
import { readForCheckout } from './operations/baskets/read-for-checkout.ts'
import { redeem } from './operations/promo-codes/redeem.ts'
import { unredeem } from './operations/promo-codes/unredeem.ts'
import { type Ctx, needs } from './needs.ts'
import { checkout } from './ports.ts'
import { permissions } from './permissions.ts'
import './problems.ts'
import { tables } from './schema.ts'

const abandonment: Job<Ctx> = { name: 'abandonment', next: nextIdle, run: abandonIdle }
const retention: Job<Ctx> = { name: 'retention', run: cleanUp }

export default defineService<Ctx>({
  name: 'baskets',
  summary: 'Baskets of guests and customers, and promotion codes',
  resources: ['baskets', 'promo-codes'],
  permissions,
  tables,
  migrations: new URL('./migrations/', import.meta.url),
  events,
  needs,
  provides: [
    providePort<Ctx, typeof checkout>(checkout, { read: readForCheckout, redeem, unredeem, convert }),
  ],
  endpoints: [currentBasket, promoCodes, adminBaskets, adminPromoCodes],
  consumers: [onOrderConfirmed, onOrderCancelled, onOrderRefunded, onUserDeleted],
  jobs: [abandonment, retention],
})
