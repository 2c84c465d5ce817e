import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync } from 'node:fs'
import { join } from 'node:path'

const TAIL_BYTES = 16 * 1024

/** The last `count` lines of a log that aren't empty; none when it can't be read. */
export function tail(path: string, count: number): string[] {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return []
  }
  try {
    const size = fstatSync(fd).size
    const from = Math.max(0, size - TAIL_BYTES)
    const bytes = new Uint8Array(Math.min(size, TAIL_BYTES))
    const read = readSync(fd, bytes, 0, bytes.length, from)
    const lines = new TextDecoder().decode(bytes.subarray(0, read)).split('\n')
    return lines.map((line) => line.trim()).filter(Boolean).slice(-count)
  } finally {
    closeSync(fd)
  }
}

/** The first of the last lines that speaks of an error, else the very last: what to show a person. */
export function tellingLine(path: string): string {
  const lines = tail(path, 40)
  return lines.find((line) => /\b(error|fatal|panic|cannot|can't|failed|denied)\b|\[FTL\]/i.test(line)) ??
    lines.at(-1) ?? 'its log is empty'
}

/** A new log for each start; the one before is kept as `<name>.previous.log`. */
export function openLog(dir: string, name: string): { path: string; fd: number } {
  mkdirSync(join(dir, 'logs'), { recursive: true, mode: 0o700 })
  const path = join(dir, 'logs', `${name}.log`)
  try {
    renameSync(path, join(dir, 'logs', `${name}.previous.log`))
  } catch {
    // first start
  }
  return { path, fd: openSync(path, 'a', 0o600) }
}
