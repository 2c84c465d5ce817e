import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { Platform } from './platform.ts'

/** How to reach a platform that runs in a directory, as its operator. */
export type RunningStack = {
  pid: number
  edgeUrl: string
  edgePort: number
  regionUrl: string
  databaseUrl: string
  natsUrl: string
  operatorToken: string
}

const fileOf = (dir: string) => join(dir, 'platform.json')

export function describe(platform: Platform): RunningStack {
  return {
    pid: process.pid,
    edgeUrl: platform.edgeUrl!,
    edgePort: platform.edgePort,
    regionUrl: platform.regionUrl,
    databaseUrl: platform.servers.databaseUrl,
    natsUrl: platform.servers.natsUrl,
    operatorToken: platform.servers.secrets.OPERATOR_TOKEN,
  }
}

/** Leaves word for `npm run demo` and for a second `npm start`. */
export function announce(dir: string, running: RunningStack): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  writeFileSync(fileOf(dir), JSON.stringify(running, null, 2) + '\n', { mode: 0o600 })
}

export function withdraw(dir: string): void {
  rmSync(fileOf(dir), { force: true })
}

/** The platform that runs in this directory, if it still answers. */
export async function findRunning(dir: string): Promise<RunningStack | undefined> {
  try {
    const running = JSON.parse(readFileSync(fileOf(dir), 'utf8')) as RunningStack
    process.kill(running.pid, 0)
    const response = await fetch(`${running.regionUrl}/health`, { signal: AbortSignal.timeout(2_000) })
    await response.body?.cancel()
    return response.ok ? running : undefined
  } catch {
    return undefined
  }
}
