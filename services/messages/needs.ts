import type { ConsoleContext } from '../../shared/service/context.ts'

export type Ctx = ConsoleContext
