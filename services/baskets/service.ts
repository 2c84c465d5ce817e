import { defineService } from '../../shared/service/service.ts'
import * as events from './events.ts'
import { tables } from './schema.ts'

export default defineService({
  name: 'baskets',
  summary: 'Baskets of guests and customers, and promotion codes',
  resources: ['baskets', 'promo-codes'],
  scope: 'tenant',
  tables,
  migrations: new URL('./migrations/', import.meta.url),
  events,
  endpoints: [],
})
