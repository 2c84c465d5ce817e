import { defineService } from '../../shared/service/service.ts'
import { record } from './consumers/record.ts'
import { failedMessages } from './endpoints/failed-messages.ts'
import { queues } from './endpoints/queues.ts'
import * as events from './events.ts'
import type { Ctx } from './needs.ts'
import { permissions } from './permissions.ts'
import { tables } from './schema.ts'

export default defineService<Ctx>({
  name: 'messages',
  summary: 'The broker’s console: failed messages and queues',
  resources: ['messages', 'queues'],
  permissions,
  tables,
  migrations: new URL('./migrations/', import.meta.url),
  events,
  endpoints: [failedMessages, queues],
  consumers: [record],
})
