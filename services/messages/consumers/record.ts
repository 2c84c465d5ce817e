import { onDeadLetter } from '../../../shared/service/service.ts'
import { recordFailure } from '../operations/record-failure.ts'
import type { Ctx } from '../needs.ts'

export const record = onDeadLetter<Ctx>('record', recordFailure)
