import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { identify, type Identity, isSame } from './identity.ts'

const RETRY_MS = 100
let drafts = 0

/**
 * Runs `work` while no other process runs one under the same `dir`. A lock whose holder died is taken
 * over. Throws when a living one keeps it longer than `withinMs`.
 */
export async function withLock<T>(dir: string, work: () => Promise<T>, withinMs = 120_000): Promise<T> {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, 'lock.json')
  const deadline = Date.now() + withinMs
  while (!acquire(path)) {
    const holder = readHolder(path)
    if (holder && !isSame(holder)) discard(path)
    else if (Date.now() > deadline) {
      throw new Error(`${dir} is being started or stopped by pid ${holder?.pid}`)
    } else await sleep(RETRY_MS)
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

/** A hard link appears with its content or not at all: nobody ever reads half a lock. */
function acquire(path: string): boolean {
  const draft = `${path}.${process.pid}.${drafts++}`
  writeFileSync(draft, JSON.stringify(identify(process.pid)))
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Takes a dead holder's lock away, and puts it back if a quicker process has replaced it meanwhile. */
function discard(path: string): void {
  const aside = `${path}.${process.pid}.${drafts++}`
  try {
    renameSync(path, aside)
    const holder = readHolder(aside)
    if (holder && isSame(holder)) linkSync(aside, path)
  } catch {
    // someone else discarded it first
  }
  rmSync(aside, { force: true })
}

function readHolder(path: string): Identity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined // released meanwhile
  }
}
