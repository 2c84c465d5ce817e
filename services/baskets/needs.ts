import type { Context } from '../../shared/service/context.ts'
import { catalogue } from '../products/ports.ts'

/** What this service asks of others. Apart from `ports.ts`: services that need each other would import in a ring. */
export const needs = { catalogue }
export type Ctx = Context<typeof needs>
