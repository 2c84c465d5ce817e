import { defineService } from '../../shared/service/service.ts'
import { record } from './consumers/record.ts'
import { failedMessages } from './endpoints/failed-messages.ts'
import { queues } from './endpoints/queues.ts'
import type { Ctx } from './needs.ts'
import { purgeFailedMessages } from './operations/failed-messages/purge.ts'
import { nextUnanswered, releaseFailedMessages } from './operations/failed-messages/release.ts'
import { permissions } from './permissions.ts'
import { tables } from './schema.ts'

export default defineService<Ctx>({
  name: 'messages',
  summary: 'The broker’s console: failed messages and queues',
  resources: ['messages', 'queues'],
  permissions,
  tables,
  migrations: new URL('./migrations/', import.meta.url),
  endpoints: [failedMessages, queues],
  consumers: [record],
  jobs: [
    { name: 'release-failed-messages', next: nextUnanswered, run: releaseFailedMessages },
    { name: 'purge-failed-messages', run: purgeFailedMessages },
  ],
})
