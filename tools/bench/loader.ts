import { send } from '../client/http.ts'
import { denoPath } from '../stack/deno.ts'
import { freePort, start } from '../stack/index.ts'
import { ROOT } from '../stack/region.ts'
import type { Job, Result } from './job.ts'

/** A job may last this much longer than it was asked to. */
const MARGIN_MS = 60_000

export type Loader = (job: Job) => Promise<Result>

/**
 * Starts tools/bench/load.ts as a process called `as`. What it returns sends a job and throws when one of its requests
 * was not answered well, unless any answer will do.
 */
export async function startLoader(dir: string, as = 'load', accepts?: 'any answer'): Promise<Loader> {
  const url = await startTool(dir, 'load', {}, as)
  return async (job) => {
    const { status, body, text } = await send({
      url,
      method: 'POST',
      path: '/',
      body: job,
      timeoutMs: (job.ms ?? 0) + MARGIN_MS,
    })
    if (status !== 200) throw new Error(`the load generator failed: ${text.slice(0, 500)}`)
    const result = body as Result
    if (result.errors === 0 || accepts) return result
    const { method = 'GET', path } = job.requests[0]!
    throw new Error(
      `${result.errors} of ${result.requests} requests like ${method} ${path} failed, the first with: ${result.firstError}`,
    )
  }
}

/** Runs `tools/bench/<name>.ts` as a server on a port of its own; answers its URL. */
export async function startTool(
  dir: string,
  name: string,
  env: Record<string, string>,
  as = name,
): Promise<string> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  await start({
    name: as,
    dir,
    port,
    command: denoPath(),
    args: ['run', '-A', '--no-prompt', `tools/bench/${name}.ts`],
    cwd: ROOT,
    env: { DENO_NO_UPDATE_CHECK: '1', ...env, PORT: String(port) },
    ready: async () => {
      const { status } = await send({ url, path: '/', timeoutMs: 2_000 })
      if (status !== 200) throw new Error(`answers ${status}`)
    },
  })
  return url
}
