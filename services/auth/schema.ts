import { kernelTables } from '../../shared/db/tables.ts'

export const tables = { ...kernelTables }
