import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { freePort } from '../../tools/stack/index.ts'
import { type Platform, startPlatform } from '../../tools/stack/platform.ts'

export type Running = {
  dir: string
  edgeUrl: string
  edgePort: number
  regionUrl: string
  databaseUrl: string
  natsUrl: string
  platformSecret: string
  operatorToken: string
  webhookSecret: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    platform: Running
  }
}

/** One platform for all test files: each test makes shops of its own in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'cv-test-'))
  const platform = await startPlatform({
    dir,
    edgePort: await freePort(),
    env: { LOG_LEVEL: 'warn', CHECKOUT_LEASE_MS: '3000', SWEEP_EVERY_MS: '1000' },
  })
  project.provide('platform', runningOf(dir, platform))
  return async () => {
    await platform.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

export function runningOf(dir: string, platform: Platform): Running {
  const { secrets, databaseUrl, natsUrl } = platform.servers
  return {
    dir,
    edgeUrl: platform.edgeUrl ?? '',
    edgePort: platform.edgePort,
    regionUrl: platform.regionUrl,
    databaseUrl,
    natsUrl,
    platformSecret: secrets.PLATFORM_SECRET,
    operatorToken: secrets.OPERATOR_TOKEN,
    webhookSecret: secrets.WEBHOOK_SECRET,
  }
}
