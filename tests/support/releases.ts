import mysql from 'mysql2/promise'
import { afterAll, beforeAll } from 'vitest'
import { freePort } from '../../tools/stack/index.ts'
import { startRegion } from '../../tools/stack/region.ts'
import { environmentOf } from './config.ts'
import type { Running } from './global-setup.ts'
import { type OwnPlatform, ownPlatform } from './own-platform.ts'
import { until } from './until.ts'

const SECONDS_OF_A_STALL = 120

/** A platform of the test's own, and processes of this release and the next one on it. */
export function releases(): OwnPlatform & {
  root: mysql.Connection
  start(release: 'this' | 'next'): Promise<{ url: string }>
  /** Ends the process of that address at once. */
  killed(url: string): Promise<void>
} {
  const own = Object.assign(ownPlatform(), {
    root: undefined as unknown as mysql.Connection,
    async start(release: 'this' | 'next') {
      const port = await freePort()
      const child = await startRegion({
        dir: own.running.dir,
        name: `region-${release}-${port}`,
        port,
        env: environmentOf(own.running),
        ...(release === 'next' && { script: 'tests/support/next-region.ts' }),
      })
      started.push(child)
      return { url: child.url }
    },
    killed: async (url: string) => await started.find((child) => child.url === url)?.kill('SIGKILL'),
  })
  const started: Awaited<ReturnType<typeof startRegion>>[] = []
  beforeAll(async () => {
    own.root = await mysql.createConnection({ uri: own.running.databaseUrl, multipleStatements: true })
  })
  afterAll(async () => {
    await Promise.all(started.map((child) => child.stop()))
    await own.root?.end()
  })
  return own
}

/** Makes whoever writes down this step of a provisioning stand still; `stalled` waits for it, `end` lets it go on. */
export async function stallAt(step: string, on: Running) {
  const holder = await mysql.createConnection({ uri: on.databaseUrl, multipleStatements: true })
  await holder.query(
    `DROP TRIGGER IF EXISTS platform_db.stall;
     CREATE TRIGGER platform_db.stall BEFORE INSERT ON platform_db.provisioning_steps FOR EACH ROW
       IF NEW.name = '${step}' THEN
         SET @held = GET_LOCK('test/stall', ${SECONDS_OF_A_STALL}), @free = RELEASE_LOCK('test/stall');
       END IF;
     SELECT GET_LOCK('test/stall', 10)`,
  )
  return {
    stalled: () =>
      until(`the process stands still at ${step}`, async () => {
        const [rows] = await holder.query(
          `SELECT 1 FROM information_schema.processlist WHERE state = 'User lock' AND id <> CONNECTION_ID()`,
        )
        return (rows as unknown[]).length > 0
      }),
    async end() {
      await holder.query(`DROP TRIGGER platform_db.stall`).catch(() => {})
      await holder.end()
    },
  }
}
