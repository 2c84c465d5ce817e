import { onDeadLetter } from '../../../shared/service/service.ts'
import type { Ctx } from '../needs.ts'
import { recordFailedMessage } from '../operations/failed-messages/record.ts'

export const record = onDeadLetter<Ctx>('record', recordFailedMessage)
