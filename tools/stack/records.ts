import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { identify, type Identity, isSame } from './identity.ts'

/** What a directory remembers of one of its processes: `<dir>/run/<name>.json`. */
export interface ProcessRecord {
  /** Kept after the process has ended, so that the next one gets the same. */
  port?: number
  /** Absent once it was stopped in good order. */
  process?: Identity
  /** Who started it, and will stop it. */
  owner?: Identity
}

/** The record of `name`, empty when there is none or it can't be read. */
export function readRecord(dir: string, name: string): ProcessRecord {
  try {
    return JSON.parse(readFileSync(pathOf(dir, name), 'utf8'))
  } catch {
    return {}
  }
}

/** Replaces the record in one go. */
export function writeRecord(dir: string, name: string, record: ProcessRecord): void {
  mkdirSync(join(dir, 'run'), { recursive: true, mode: 0o700 })
  const path = pathOf(dir, name)
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(record, null, 2) + '\n', { mode: 0o600 })
  renameSync(draft, path)
}

export type State =
  | { state: 'none' }
  /** It lives and so does the process that will stop it. */
  | { state: 'owned'; process: Identity }
  /** It lives and nobody will stop it: left over from a crashed run. */
  | { state: 'leftover'; process: Identity }

/** Whether the recorded process lives, checked by its start time: a reused pid is never taken for it. */
export function stateOf(record: ProcessRecord): State {
  if (!record.process || !isSame(record.process)) return { state: 'none' }
  const owned = record.owner !== undefined && isSame(record.owner)
  return { state: owned ? 'owned' : 'leftover', process: record.process }
}

/** Records that this process started `pid`. */
export function recordStart(dir: string, name: string, pid: number, port?: number): Identity | undefined {
  const child = identify(pid)
  writeRecord(dir, name, { port, process: child, owner: identify(process.pid) })
  return child
}

/** Forgets the process, not its port. */
export function recordEnd(dir: string, name: string): void {
  writeRecord(dir, name, { port: readRecord(dir, name).port })
}

function pathOf(dir: string, name: string): string {
  return join(dir, 'run', `${name}.json`)
}
