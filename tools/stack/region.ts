import { fileURLToPath } from 'node:url'
import { denoPath } from './deno.ts'
import { type Child, start } from './processes.ts'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** A process of the region: `name` tells it from others in the same directory. Ready when it answers /health. */
export async function startRegion(options: {
  dir: string
  name?: string
  port: number
  env: Record<string, string>
  script?: string
}): Promise<Child & { url: string }> {
  const { dir, port, env, name = 'region', script = 'services/region.ts' } = options
  const url = `http://127.0.0.1:${port}`
  const child = await start({
    name,
    dir,
    port,
    command: denoPath(),
    args: ['run', '-A', '--no-prompt', '--v8-flags=--max-old-space-size=384', script],
    cwd: ROOT,
    env: { DENO_NO_UPDATE_CHECK: '1', ...env, PORT: String(port) },
    ready: async () => {
      const response = await fetch(`${url}/health`)
      await response.body?.cancel()
      if (!response.ok) throw new Error(`/health answers ${response.status}`)
    },
  })
  return Object.assign(child, { url })
}
