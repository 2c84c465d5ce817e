import { spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { guard, release } from './guard.ts'
import { type Identity, isSame } from './identity.ts'
import { openLog, tellingLine } from './logs.ts'
import { readRecord, recordEnd, recordStart, stateOf } from './records.ts'

const PROBE_EVERY_MS = 50
const POLL_MS = 50

/** Thrown by a probe when waiting longer can't help. */
export class GiveUp extends Error {}

export interface ChildSpec {
  /** Names its log `<dir>/logs/<name>.log` and its record `<dir>/run/<name>.json`. */
  name: string
  dir: string
  command: string
  args: string[]
  cwd?: string
  /** Added to the environment of this process. */
  env?: { [name: string]: string }
  /** Remembered in the record. */
  port?: number
  /** Resolves when the child serves, throws while it doesn't, throws `GiveUp` when it never will. */
  ready?: () => Promise<unknown>
  /** Default 30 s. */
  readyWithinMs?: number
  /** Between SIGTERM and SIGKILL; default 10 s. */
  graceMs?: number
}

export interface Child {
  name: string
  pid: number
  /** Path of its log. */
  log: string
  /** How it ended: `code 1`, `signal SIGKILL`. Never rejects. */
  exited: Promise<string>
  isAlive(): boolean
  /** Sends a signal; resolves when the child has ended, at once for SIGSTOP and SIGCONT. */
  kill(signal: NodeJS.Signals): Promise<void>
  /** SIGTERM, then SIGKILL to its whole group after the time of grace. Safe to call twice. */
  stop(): Promise<void>
}

const running = new Map<string, Child>()
/** First start of each name: one that was restarted keeps its place in the order of shutdown. */
const places: string[] = []

/**
 * Starts a child in a process group of its own, so that a Ctrl-C reaches only its parent, who decides
 * the order in which things stop. A leftover of a crashed run of the same name is stopped first. Throws
 * one line with the telling line of its log when it ends early or isn't ready in time.
 */
export async function start(spec: ChildSpec): Promise<Child> {
  const { name, dir, graceMs = 10_000 } = spec
  await stopLeftover(dir, name, graceMs)
  const place = join(dir, name)
  const log = openLog(dir, name)
  const started = spawn(spec.command, spec.args, {
    detached: true,
    cwd: spec.cwd,
    env: { ...process.env, ...spec.env },
    stdio: ['ignore', log.fd, log.fd],
  })
  closeSync(log.fd)

  let ended: string | undefined
  let identity: Identity | undefined
  const exited = new Promise<string>((resolve) => {
    const end = (how: string) => {
      if (ended !== undefined) return
      ended = how
      if (running.get(place) === child) running.delete(place)
      if (started.pid) release(started.pid)
      if (readRecord(dir, name).process?.pid === started.pid) recordEnd(dir, name)
      resolve(how)
    }
    started.once('error', (error) => end(error.message))
    started.once('exit', (code, signal) => end(signal ? `signal ${signal}` : `code ${code}`))
  })
  const child: Child = {
    name,
    pid: started.pid ?? 0,
    log: log.path,
    exited,
    isAlive: () => ended === undefined,
    async kill(signal) {
      if (ended !== undefined) return
      send(child.pid, signal)
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await keepingAlive(exited)
    },
    async stop() {
      if (ended === undefined && identity) await terminate(identity, graceMs, exited)
    },
  }
  if (started.pid) {
    guard(started.pid, graceMs)
    identity = recordStart(dir, name, started.pid, spec.port)
    running.set(place, child)
    if (!places.includes(place)) places.push(place)
    // The guard stops it if this process ends first: a running child need not keep it alive.
    started.unref()
  }
  try {
    await waitReady(spec, child)
  } catch (error) {
    await child.stop()
    throw error
  }
  return child
}

async function waitReady(spec: ChildSpec, child: Child): Promise<void> {
  const withinMs = spec.readyWithinMs ?? 30_000
  const deadline = Date.now() + withinMs
  const fail = (what: string) => new Error(`${spec.name} ${what}: ${tellingLine(child.log)} (${child.log})`)
  let ended: string | undefined
  child.exited.then((how) => ended = how)
  for (;;) {
    await Promise.resolve() // lets a failed spawn report itself
    if (ended !== undefined) throw fail(`ended with ${ended} before it was ready`)
    if (!spec.ready) return
    try {
      await Promise.race([spec.ready(), child.exited.then((how) => Promise.reject(new Error(how)))])
      return
    } catch (error) {
      if (error instanceof GiveUp) throw error
      if (Date.now() > deadline) throw fail(`isn't ready after ${withinMs / 1000} s`)
    }
    if (ended === undefined) await Promise.race([sleep(PROBE_EVERY_MS), child.exited])
  }
}

/** Stops a process recorded under `name` whose owner is gone. Leaves alone what a living owner runs. */
export async function stopLeftover(dir: string, name: string, graceMs = 10_000): Promise<void> {
  const left = stateOf(readRecord(dir, name))
  if (left.state === 'owned') throw new Error(`${name} in ${dir} already runs as pid ${left.process.pid}`)
  if (left.state === 'leftover') await terminate(left.process, graceMs)
}

/** Stops everything this process started, what was started first last. Goes on when one fails, then throws. */
export async function stopAll(): Promise<void> {
  const failures: unknown[] = []
  for (const place of [...places].reverse()) {
    await running.get(place)?.stop().catch((error) => failures.push(error))
  }
  if (failures.length > 0) throw failures[0]
}

/** Ends a process: SIGTERM, then SIGKILL to its group. SIGCONT wakes one that a test had stopped. */
export async function terminate(target: Identity, graceMs: number, exited = gone(target)): Promise<void> {
  send(target.pid, 'SIGTERM')
  send(target.pid, 'SIGCONT')
  const cancel = new AbortController()
  const grace = sleep(graceMs, true, { signal: cancel.signal }).catch(() => false)
  const late = await Promise.race([exited.then(() => false), grace])
  cancel.abort()
  if (late && isSame(target)) send(target.pid, 'SIGKILL')
  await keepingAlive(exited)
  try {
    process.kill(-target.pid, 'SIGKILL') // what it left behind in its group
  } catch {
    // nothing
  }
}

/** Children are unreferenced: without a timer, awaiting the end of one would let this process end first. */
async function keepingAlive<T>(promise: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, 1_000)
  try {
    return await promise
  } finally {
    clearInterval(timer)
  }
}

async function gone(target: Identity): Promise<string> {
  while (isSame(target)) await sleep(POLL_MS)
  return 'unknown'
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
