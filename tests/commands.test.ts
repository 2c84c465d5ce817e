import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { send } from '../tools/client/http.ts'
import { ROOT } from '../tools/stack/region.ts'
import { until } from './support/until.ts'

/** The commands of the README, as processes of their own, in a directory of their own. */
let dir: string
const children: ChildProcess[] = []

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cv-commands-'))
})
afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGTERM')
  await rm(dir, { recursive: true, force: true })
})

function run(command: string, ...args: string[]) {
  const child = spawn(process.execPath, ['tools/run.mjs', command, ...args], {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, DATA_DIR: dir, CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  const told = { text: '' }
  child.stdout.on('data', (chunk) => told.text += chunk)
  child.stderr.on('data', (chunk) => told.text += chunk)
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)))
  return { child, told, ended }
}

test('npm start keeps answering, is found by a second start and by the demo, and ends cleanly at Ctrl-C', {
  timeout: 240_000,
}, async () => {
  const first = run('up')
  const [, port] = await until('the shops are shown', async () => {
    await sleep(100)
    if (first.child.exitCode !== null) throw new Error(first.told.text)
    return /http:\/\/demo\.localhost:(\d+)\/v1\/products/.exec(first.told.text)
  }, 120_000)
  await sleep(3_000)
  const list = await send({ url: `http://127.0.0.1:${port}`, host: 'demo.localhost', path: '/v1/products' })
  expect(list.status).toBe(200)
  expect(list.body.data.length).toBeGreaterThan(0)

  const second = run('up')
  expect(await second.ended, second.told.text).toBe(0)
  expect(second.told.text).toContain('running already')

  const demo = run('demo', '--', '--csv', join(ROOT, 'tools/demo/catalogue.csv'))
  expect(await demo.ended, demo.told.text).toBe(0)
  expect(demo.told.text).toContain('orders.order.confirmed')

  process.kill(-first.child.pid!, 'SIGINT')
  expect(await first.ended, first.told.text).toBe(130)
  expect(first.told.text).not.toMatch(/✗|ended \(/)
  await expect(send({ url: `http://127.0.0.1:${port}`, path: '/health' })).rejects.toThrow()
})

test('a command that is wrong says how it is used', async () => {
  const demo = run('demo', '--cvs', 'x')
  expect(await demo.ended).toBe(2)
  expect(demo.told.text).toContain('usage: npm run demo')
})
