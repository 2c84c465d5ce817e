import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'

/**
 * Names one process for good: a pid alone may belong to another program by the time it is read back.
 * `started` is the kernel's start time as text, unique to a pid within one boot.
 */
export interface Identity {
  pid: number
  started: string
  command: string
}

/** Identity of a live process; undefined when there is none (a zombie counts as none). */
export function identify(pid: number): Identity | undefined {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid)
}

/**
 * True when exactly this process, not a later one with its pid, is alive. The command line is for
 * people: a program may rewrite its own.
 */
export function isSame(known: Identity): boolean {
  return identify(known.pid)?.started === known.started
}

function fromProc(pid: number): Identity | undefined {
  try {
    // The name in parentheses may hold spaces: fields are counted after the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z') return undefined
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return { pid, started: `${boot} ${fields[19]}`, command }
  } catch {
    return undefined
  }
}

function fromPs(pid: number): Identity | undefined {
  try {
    const fields = ['-ww', '-o', 'stat=', '-o', 'lstart=', '-o', 'command=', '-p', String(pid)]
    const row = execFileSync('ps', fields, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
    // S+   Sun Nov 22 17:04:18 2026 /usr/sbin/mariadbd …
    const [, state, started, command] =
      /^(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(row.trim()) ?? []
    if (!started || !command || state?.startsWith('Z')) return undefined
    return { pid, started, command }
  } catch {
    return undefined
  }
}
