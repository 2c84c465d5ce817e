import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdtemp, rm, stat, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { send } from '../tools/client/http.ts'
import { identify } from '../tools/stack/identity.ts'
import { readRecord } from '../tools/stack/records.ts'
import { ROOT } from '../tools/stack/region.ts'
import { until } from './support/until.ts'

/** The commands of the README, as a newcomer runs them: in a copy of the project, without settings. */
let dir: string
const children: ChildProcess[] = []
const OTHERS = ['node_modules', '.git', '.data', '.wrangler', '.dev.vars']
const PARTS = ['mariadb', 'nats', 'region-all', 'edge']

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cv-commands-'))
  await cp(ROOT, dir, { recursive: true, filter: (path) => !OTHERS.includes(basename(path)) })
  await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
})
afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGTERM')
    await new Promise((resolve) => child.once('exit', resolve))
  }
  await rm(dir, { recursive: true, force: true })
})

function run(command: string, ...args: string[]) {
  const child = spawn(command, args, {
    cwd: dir,
    detached: true,
    env: { ...process.env, CI: 'true', npm_lifecycle_event: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  const told = { text: '' }
  child.stdout.on('data', (chunk) => told.text += chunk)
  child.stderr.on('data', (chunk) => told.text += chunk)
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)))
  return { child, told, ended }
}

async function npmStart() {
  const started = run('npm', 'start')
  const [, port] = await until('the shops are shown', () => {
    if (started.child.exitCode !== null) throw new Error(started.told.text)
    return Promise.resolve(/http:\/\/demo\.localhost:(\d+)\/v1\/products[^]*Ctrl-C/.exec(started.told.text))
  }, 120_000)
  const parts = PARTS.map((name) => readRecord(join(dir, '.data'), name).process!)
  const list = (at = port) =>
    send({ url: `http://127.0.0.1:${at}`, host: 'demo.localhost', path: '/v1/products' })
  return { ...started, port: Number(port), parts, list }
}

const allGone = (parts: { pid: number }[]) =>
  until(
    'nothing is left',
    () => Promise.resolve(parts.every(({ pid }) => identify(pid) === undefined)),
    30_000,
  )

test(
  'npm start is found by a second start and by the demo, and by wrangler dev beside it, and ends at Ctrl-C',
  {
    timeout: 240_000,
  },
  async () => {
    const first = await npmStart()
    expect((await first.list()).body.data.length).toBeGreaterThan(0)

    const second = run('npm', 'start')
    expect(await second.ended, second.told.text).toBe(0)
    expect(second.told.text).toContain('running already')

    const demo = run('npm', 'run', 'demo', '--', '--csv', join(ROOT, 'tools/demo/catalogue.csv'))
    expect(await demo.ended, demo.told.text).toBe(0)
    expect(demo.told.text).toContain('orders.order.confirmed')

    expect((await stat(join(dir, '.dev.vars'))).mode & 0o777).toBe(0o600)
    const wrangler = run('npx', 'wrangler', 'dev')
    const [, port] = await until('wrangler is ready', () => {
      if (wrangler.child.exitCode !== null) throw new Error(wrangler.told.text)
      return Promise.resolve(/Ready on http:\/\/127\.0\.0\.1:(\d+)/.exec(wrangler.told.text))
    }, 60_000)
    expect((await first.list(port)).body.data.length).toBeGreaterThan(0)
    process.kill(-wrangler.child.pid!, 'SIGTERM')
    await wrangler.ended

    process.kill(-first.child.pid!, 'SIGINT')
    await first.ended
    expect(first.told.text).not.toMatch(/✗|ended \(/)
    await allGone(first.parts)
  },
)

describe('npm start stops everything it has started', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'at %s to npm alone; a taken port is said',
    { timeout: 120_000 },
    async (signal) => {
      const taken = createServer().listen(8787, '127.0.0.1').on('error', () => {})
      const { child, parts, port, told, list } = await npmStart()
      expect(port).not.toBe(8787)
      await until('the port is said', () => Promise.resolve(told.text.includes('8787 is taken')), 5_000)
      taken.close()
      child.kill(signal)
      await allGone(parts)
      await expect(list()).rejects.toThrow()
    },
  )
})

test('a command that is wrong says how it is used', async () => {
  const demo = run('npm', 'run', 'demo', '--', '--cvs', 'x')
  expect(await demo.ended).not.toBe(0)
  expect(demo.told.text).toContain('usage: npm run demo')
})
