import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { findProgram } from './binaries.ts'
import { type Child, start } from './processes.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** esbuild and workerd start on a machine that may be busy starting everything else. */
const READY_WITHIN_MS = 60_000
const PROBE_LIMIT_MS = 2_000

type Options = {
  /** Logs, the state of KV and the cache, and the secrets live here. */
  dir: string
  port: number
  /** Variables and secrets of workers/edge/env.ts. */
  env: Record<string, string>
  /** Tells one edge from another in the same directory. */
  name?: string
}

/** The edge worker under `wrangler dev`, on loopback, without account or network. Ready when it answers requests. */
export async function startEdge({ dir, port, env, name = 'edge' }: Options): Promise<Child> {
  const home = homeOf(dir, name)
  return await start({
    name,
    dir,
    port,
    command: nodePath(),
    args: [
      join(packageFolder('wrangler'), 'bin', 'wrangler.js'),
      'dev',
      '--local',
      '--ip=127.0.0.1',
      `--port=${port}`,
      '--inspector-port=0',
      `--env-file=${writeVariables(home, env)}`,
      `--persist-to=${join(home, 'state')}`,
      '--show-interactive-dev-session=false',
      '--log-level=warn',
    ],
    cwd: ROOT,
    env: quiet(home),
    ready: () => probe(port),
    readyWithinMs: READY_WITHIN_MS,
  })
}

/** The bundle as it is deployed, on workerd under Miniflare alone: `wrangler dev` puts a proxy of its own before it. */
export async function startMiniflare(
  { dir, port, env, name = 'edge-bare', requestsPerMinute }: Options & {
    /** In place of every plan's limit, for measuring. */
    requestsPerMinute?: number
  },
): Promise<Child> {
  const home = homeOf(dir, name)
  const options = join(home, 'options.json')
  writeFileSync(options, JSON.stringify({ port, env, bundle: await bundle(dir), requestsPerMinute }), {
    mode: 0o600,
  })
  return await start({
    name,
    dir,
    port,
    command: nodePath(),
    args: [join(ROOT, 'tools', 'stack', 'miniflare.mjs'), options],
    cwd: ROOT,
    env: quiet(home),
    ready: () => probe(port),
    readyWithinMs: READY_WITHIN_MS,
  })
}

/** Builds what `wrangler deploy` would upload; answers the path of its one module. */
export async function bundle(dir: string): Promise<string> {
  const out = join(resolve(dir), 'edge-bundle')
  const child = await start({
    name: 'edge-bundle',
    dir,
    command: nodePath(),
    args: [
      join(packageFolder('wrangler'), 'bin', 'wrangler.js'),
      'deploy',
      '--dry-run',
      '--minify',
      `--outdir=${out}`,
    ],
    cwd: ROOT,
    env: quiet(homeOf(dir, 'edge-bundle')),
  })
  const how = await waitFor(child.exited)
  if (how !== 'code 0') throw new Error(`the edge's bundle could not be built: ${how} (${child.log})`)
  return join(out, 'index.js')
}

/** A folder of its own for all that wrangler would put into the user's home. */
function homeOf(dir: string, name: string): string {
  const home = join(resolve(dir), name)
  mkdirSync(home, { recursive: true, mode: 0o700 })
  return home
}

/** A command line is everybody's to read, this file is not. */
function writeVariables(home: string, env: Record<string, string>): string {
  const path = join(home, 'variables.env')
  writeFileSync(path, variablesText(env), { mode: 0o600 })
  return path
}

/** As wrangler reads them, from an env file or from .dev.vars. Values are never expanded in single quotes. */
export function variablesText(env: Record<string, string>): string {
  return Object.entries(env).map(([name, value]) => {
    if (/['\n]/.test(value)) throw new Error(`${name} has a character that an env file can't hold`)
    return `${name}='${value}'\n`
  }).join('')
}

const quiet = (home: string): Record<string, string> => ({
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG_PATH: join(home, 'logs'),
  WRANGLER_REGISTRY_PATH: join(home, 'registry'),
  // No look at where the machine is, which needs a network.
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  CI: 'true',
  NO_COLOR: '1',
})

/** `fetch` can't name a host that no resolver knows. Any answer of the worker will do: nobody has this domain. */
function probe(port: number): Promise<void> {
  return new Promise((done, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: '/v1/',
      headers: { host: 'nobody' },
      timeout: PROBE_LIMIT_MS,
    }
    const probing = request(options, (response) => {
      response.resume()
      if (response.headers['x-request-id']) done()
      else reject(new Error(`answered ${response.statusCode}, which is not the worker`))
    })
    probing.on('timeout', () => probing.destroy(new Error('no answer')))
    probing.on('error', reject)
    probing.end()
  })
}

/** wrangler wants Node, also when Deno runs this. */
function nodePath(): string {
  if (!('deno' in process.versions)) return process.execPath
  const node = process.env.npm_node_execpath ?? findProgram('node')
  if (!node) throw new Error('Node is needed for the edge (wrangler) and is not on the PATH')
  return node
}

const packageFolder = (name: string): string =>
  dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))

/** Children don't keep this process alive; waiting for one must. */
async function waitFor<T>(promise: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, 1_000)
  try {
    return await promise
  } finally {
    clearInterval(timer)
  }
}
