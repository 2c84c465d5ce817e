import { defineService } from '../../shared/service/service.ts'
import * as events from './events.ts'
import { tables } from './schema.ts'

export default defineService({
  name: 'auth',
  summary: 'Accounts, sessions, roles and permissions of a shop',
  resources: ['auth', 'users', 'roles', 'permissions'],
  scope: 'tenant',
  tables,
  migrations: new URL('./migrations/', import.meta.url),
  events,
  endpoints: [],
})
