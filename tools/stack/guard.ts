import { spawn } from 'node:child_process'
import process from 'node:process'
import type { Writable } from 'node:stream'

/** Half-second ticks of the script below. */
const TICKS_PER_S = 2

/**
 * Waits at the other end of a pipe. When the parent ends in whatever way, even by SIGKILL, the pipe
 * closes and the guard stops the children that are left: the last started first, one after the other,
 * each with its time of grace. Plain sh, because it has to cost nothing while it waits.
 */
const SCRIPT = `
children=
while read -r change pid ticks; do
  case $change in
    +) children="$pid:$ticks $children" ;;
    -) left=
       for child in $children; do [ "\${child%%:*}" = "$pid" ] || left="$left $child"; done
       children=$left ;;
  esac
done
for child in $children; do
  pid=\${child%%:*}
  ticks=\${child##*:}
  kill -s TERM "$pid" || continue
  kill -s CONT "$pid"
  while [ "$ticks" -gt 0 ] && kill -0 "$pid"; do sleep 0.5; ticks=$((ticks - 1)); done
  kill -s KILL -- "-$pid"
done
`

let pipe: Writable | undefined

/** Puts a child (leader of its own process group) under the guard of this process. */
export function guard(pid: number, graceMs: number): void {
  tell(`+ ${pid} ${Math.ceil(graceMs / 1000) * TICKS_PER_S}\n`)
}

/** The child has ended: its pid may soon be another program's. */
export function release(pid: number): void {
  if (pipe) tell(`- ${pid}\n`)
}

function tell(change: string): void {
  pipe ??= open()
  pipe?.write(change)
}

function open(): Writable | undefined {
  if (process.platform === 'win32') return undefined
  const child = spawn('/bin/sh', ['-c', SCRIPT], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  })
  child.on('error', () => pipe = undefined)
  child.on('exit', () => pipe = undefined)
  child.stdin?.on('error', () => pipe = undefined)
  // Neither the guard nor its pipe keeps this process from ending: its end is what they wait for.
  child.unref()
  const stdin = child.stdin as (Writable & { unref?(): void }) | null
  stdin?.unref?.()
  return stdin ?? undefined
}
