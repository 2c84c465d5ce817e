import { join } from 'node:path'
import process from 'node:process'
import { registry } from '../services/registry.ts'
import { readConfig } from '../shared/host/config.ts'
import { examineAll, type Trouble } from '../shared/host/doctor.ts'
import { flushLogs } from '../shared/telemetry/log.ts'
import { ROOT } from './stack/region.ts'
import { findRunning } from './stack/running.ts'
import { loadSecrets } from './stack/secrets.ts'

/**
 * `npm run doctor [-- --repair]`: looks through all shops for what must not be, one line for each in trouble, and ends
 * with 1 if there is any. Of the deployment that the environment names, else of the platform that `npm start` runs here.
 */
const SHOWN = 3
const args = process.argv.slice(2).filter((each) => each !== '--')
if (args.some((each) => each !== '--repair')) {
  console.error('usage: npm run doctor [-- --repair]')
  process.exit(2)
}

try {
  const config = readConfig({ LOG_LEVEL: 'error', ...await environment() }, registry)
  const { shops, troubles } = await examineAll(registry, config, {
    repair: args.includes('--repair'),
    onTrouble: (trouble) => console.log(describe(trouble)),
  })
  console.log(
    `${shops - 1} shops and the platform: ${
      troubles.length === 0 ? 'all well' : `${troubles.length} in trouble`
    }`,
  )
  flushLogs()
  process.exit(troubles.length === 0 ? 0 : 1)
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}

async function environment(): Promise<Record<string, string | undefined>> {
  if (process.env.DATABASE_URL) return process.env
  const dir = process.env.DATA_DIR ?? join(ROOT, '.data')
  const running = await findRunning(dir)
  if (!running) {
    throw new Error(
      'nothing runs here: npm start, or name a deployment in DATABASE_URL and what belongs to it',
    )
  }
  return { ...loadSecrets(dir), DATABASE_URL: running.databaseUrl, NATS_URL: running.natsUrl, ...process.env }
}

function describe({ shop, findings }: Trouble): string {
  const more = findings.length - SHOWN
  return `${shop}: ${findings.slice(0, SHOWN).join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}
