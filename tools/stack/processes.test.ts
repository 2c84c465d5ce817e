import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { identify, isSame } from './identity.ts'
import { withLock } from './lock.ts'
import { tail } from './logs.ts'
import { freePort } from './ports.ts'
import { start, stopAll, terminate } from './processes.ts'
import { readRecord, writeRecord } from './records.ts'

const root = mkdtempSync(join(tmpdir(), 'processes-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folders = 0
const newDir = () => join(root, String(folders++))
const shell = (dir: string, script: string, name = 'child') => ({
  name,
  dir,
  command: '/bin/sh',
  args: ['-c', script],
})
/** A process of nobody: neither guarded nor recorded. */
const stray = () => spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }).pid!

test('a child that ends early fails the start at once, with the telling line of its log', async () => {
  const spec = { ...shell(newDir(), 'echo hello; echo "fatal: no disk"; echo bye; exit 3'), ready: never }
  await expect(start(spec)).rejects.toThrow(/child ended with code 3 before it was ready: fatal: no disk/)
})

test('a program that does not exist fails the start', async () => {
  const spec = { ...shell(newDir(), ''), command: '/nowhere/to/be/found', ready: never }
  await expect(start(spec)).rejects.toThrow(/ENOENT/)
})

test('a child that is never ready is stopped at its deadline', async () => {
  const dir = newDir()
  const spec = { ...shell(dir, 'exec sleep 60'), ready: never, readyWithinMs: 200 }
  await expect(start(spec)).rejects.toThrow(/isn't ready after 0.2 s/)
  expect(readRecord(dir, 'child').process).toBeUndefined()
})

test('a child that ignores SIGTERM is killed after its time of grace, with its own children', async () => {
  const dir = newDir()
  const child = await start({
    ...shell(dir, 'trap "" TERM; echo deaf; sleep 60; sleep 60'),
    graceMs: 200,
    ready: () => expect.poll(() => tail(join(dir, 'logs', 'child.log'), 1)).toEqual(['deaf']),
  })
  await child.stop()
  expect(await child.exited).toBe('signal SIGKILL')
  await vi.waitFor(() => expect(() => process.kill(-child.pid, 0)).toThrow(/ESRCH/), 10_000)
}, 15_000)

test('children stop in the reverse order of their first start, whichever was restarted', async () => {
  const dir = newDir()
  const order: string[] = []
  const launch = async (name: string) => {
    const child = await start(shell(dir, 'exec sleep 60', name))
    child.exited.then(() => order.push(name))
    return child
  }
  const database = await launch('database')
  await launch('region')
  await database.kill('SIGKILL')
  await launch('database')
  await stopAll()
  expect(order).toEqual(['database', 'region', 'database'])
})

test('a start stops the leftover of a crashed run, and nothing that merely has its pid', async () => {
  const dir = newDir()
  const left = identify(stray())!
  const innocent = identify(stray())!
  writeRecord(dir, 'left', { process: left })
  writeRecord(dir, 'reused', { process: { ...innocent, started: 'another time' } })
  const children = [
    await start(shell(dir, 'exec sleep 60', 'left')),
    await start(shell(dir, 'exec sleep 60', 'reused')),
  ]
  expect(isSame(left)).toBe(false)
  expect(isSame(innocent)).toBe(true)
  await Promise.all(children.map((child) => child.stop()))
  await terminate(innocent, 1_000)
})

test('a child whose owner lives is not started twice', async () => {
  const dir = newDir()
  const child = await start(shell(dir, 'exec sleep 60'))
  await expect(start(shell(dir, 'exec sleep 60'))).rejects.toThrow(/already runs as pid/)
  await child.stop()
})

test('a parent killed by SIGKILL takes its children with it', async () => {
  const dir = newDir()
  const [deno, module] = ['node_modules/deno/bin.cjs', 'tools/stack/processes.ts'].map((path) =>
    resolve(path)
  )
  const script = join(root, 'parent.ts')
  writeFileSync(
    script,
    `import { start } from ${JSON.stringify(module)}
     await start(${JSON.stringify(shell(dir, 'exec sleep 60'))})
     setInterval(() => {}, 1000)`,
  )
  spawn(process.execPath, [deno!, 'run', '-A', script], { stdio: 'ignore' })
  const { process: child, owner } = await vi.waitUntil(() => {
    const record = readRecord(dir, 'child')
    return record.process && record.owner ? record : undefined
  }, 10_000)
  expect(isSame(child!)).toBe(true)
  process.kill(owner!.pid, 'SIGKILL')
  await vi.waitUntil(() => !isSame(child!), 10_000)
}, 30_000)

test('one at a time works under the lock, and the lock of a dead process is taken over', async () => {
  const dir = newDir()
  const log: string[] = []
  const job = (name: string) => async () => {
    log.push(`${name} in`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    log.push(`${name} out`)
  }
  await Promise.all([withLock(dir, job('a')), withLock(dir, job('a'))])
  expect(log).toEqual(['a in', 'a out', 'a in', 'a out'])
  writeFileSync(join(dir, 'lock.json'), JSON.stringify({ pid: process.pid, started: 'another time' }))
  await withLock(dir, job('b'), 1_000)
  expect(log).toContain('b out')
})

test('the wanted port is given unless something listens on it', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await vi.waitUntil(() => server.listening)
  const { port } = server.address() as AddressInfo
  expect(await freePort(port)).not.toBe(port)
  await new Promise((resolve) => server.close(resolve))
  expect(await freePort(port)).toBe(port)
})

function never(): Promise<never> {
  return Promise.reject(new Error('not yet'))
}
