import type { Context } from '../../shared/service/context.ts'

/** Asks nobody: what it knows comes from the broker. */
export type Ctx = Context
