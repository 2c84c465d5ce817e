import process from 'node:process'
import { registry } from '../services/registry.ts'
import { readConfig } from '../shared/service/config.ts'
import { migrateAll } from '../shared/service/migrations.ts'

/** `npm run migrate`: run once for each release, before its region processes start. Safe to repeat. */
const { DATABASE_URL, PLATFORM_SECRET } = readConfig(process.env)
await migrateAll(registry, {
  databaseUrl: DATABASE_URL,
  platformSecret: PLATFORM_SECRET,
  onMigrated: (database, names) => console.log(`${database}: ${names.join(', ')}`),
})
