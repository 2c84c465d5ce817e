import type { Context } from '../../shared/service/context.ts'
import { checkout } from '../baskets/ports.ts'
import { inventory } from '../products/ports.ts'
import type { Config } from './config.ts'

/** Apart from ports.ts: products needs a port of ours, and modules that import each other in a ring don't load. */
export const needs = { checkout, inventory }
export type Ctx = Context<typeof needs, Config>
