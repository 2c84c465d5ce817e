import type { Context } from '../../shared/service/context.ts'
import { orderStates } from '../orders/ports.ts'

/** What this service asks of others. Apart from `ports.ts`: services that need each other would import in a ring. */
export const needs = { orderStates }
export type Ctx = Context<typeof needs>
