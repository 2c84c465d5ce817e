import { defineService } from '../../shared/service/service.ts'
import * as events from './events.ts'
import { tables } from './schema.ts'

export default defineService({
  name: 'websites',
  summary: 'Shops: tenants, their sites and plans, and how they are made and removed',
  resources: ['tenants', 'websites', 'plans', 'provisioning'],
  scope: 'platform',
  tables,
  migrations: new URL('./migrations/', import.meta.url),
  events,
  endpoints: [],
})
