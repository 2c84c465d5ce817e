import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { freePort } from '../../tools/stack/index.ts'
import { type Platform, startPlatform } from '../../tools/stack/platform.ts'
import { type Running, runningOf } from './global-setup.ts'

export type OwnPlatform = { platform: Platform; running: Running }

/** A platform for one test file alone, whose processes it may kill. */
export function ownPlatform(
  options: { withEdge?: boolean; split?: boolean; env?: Record<string, string> } = {},
): OwnPlatform {
  const own = {} as OwnPlatform
  beforeAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), 'cv-own-'))
    own.platform = await startPlatform({
      dir,
      edgePort: await freePort(),
      withEdge: options.withEdge ?? false,
      split: options.split,
      log: () => {},
      env: { LOG_LEVEL: 'warn', CHECKOUT_LEASE_MS: '2000', SWEEP_EVERY_MS: '1000', ...options.env },
    })
    own.running = runningOf(dir, own.platform)
  })
  afterAll(async () => {
    await own.platform?.stop()
    if (own.running) await rm(own.running.dir, { recursive: true, force: true })
  })
  return own
}
