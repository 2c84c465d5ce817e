import { accounts } from '../auth/ports.ts'
import type { Context } from '../../shared/service/context.ts'

export const needs = { accounts }
export type Ctx = Context<typeof needs>
