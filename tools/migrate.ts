import process from 'node:process'
import { registry } from '../services/registry.ts'
import { readConfig } from '../shared/host/config.ts'
import { migrateAll } from '../shared/host/migrations.ts'

/** `npm run migrate`: run once for each release, before its region processes start. Safe to repeat. */
try {
  await migrateAll(
    registry,
    readConfig(process.env, registry),
    (database, names) => console.log(`${database}: ${names.join(', ')}`),
  )
  process.exit(0)
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}
