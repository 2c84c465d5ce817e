import { defineService } from '../../shared/service/service.ts'
import * as events from './events.ts'
import { tables } from './schema.ts'

export default defineService({
  name: 'messages',
  summary: 'The broker’s console: failed messages and queues',
  resources: ['messages', 'queues'],
  scope: 'tenant',
  tables,
  migrations: new URL('./migrations/', import.meta.url),
  events,
  endpoints: [],
})
