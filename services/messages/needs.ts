import type { Context } from '../../shared/service/context.ts'

export type Ctx = Context
