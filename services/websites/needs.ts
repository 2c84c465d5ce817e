import type { PlatformContext } from '../../shared/service/context.ts'
import { accounts } from '../auth/ports.ts'
import type { Config } from './config.ts'

/** What this service asks of others. Apart from `ports.ts`: services that need each other would import in a ring. */
export const needs = { accounts }
export type Ctx = PlatformContext<typeof needs, Config>
