import process from 'node:process'
import { stopAll } from './processes.ts'
import { reason } from './progress.ts'

/** A terminal, npm and `tools/run.mjs` may each pass on the same Ctrl-C: within this time it is one. */
const SAME_SIGNAL_MS = 1_000
const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

const PARENT_CHECK_MS = 500

/**
 * On the first Ctrl-C, SIGTERM or SIGHUP, or when `tools/run.mjs` has ended, runs `stop`, then ends this process with
 * 128 + the signal's number. On the second one it ends at once: the guard stops what is left.
 */
export function stopOnSignals(stop: () => Promise<void> = stopAll): void {
  let first: number | undefined
  const end = (code: number) => {
    if (first !== undefined) {
      if (Date.now() - first > SAME_SIGNAL_MS) process.exit(code)
      return
    }
    first = Date.now()
    stop().catch((error) => console.error(reason(error))).finally(() => process.exit(code))
  }
  for (const [name, code] of Object.entries(CODES)) process.on(name, () => end(code))
  if (!process.env.STOP_WITH_PARENT) return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    end(CODES.SIGHUP)
  }, PARENT_CHECK_MS)
  watch.unref()
}
