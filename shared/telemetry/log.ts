import process from 'node:process'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'
type Fields = Record<string, unknown>

/** One JSON object a line on standard output. `with` adds members to all that follow. */
export type Log = {
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
  with(fields: Fields): Log
}

const ranks: Record<LogLevel, number> = { debug: 10, info: 20, warn: 30, error: 40, silent: 90 }
const FLUSH_MS = 100
const FLUSH_CHARS = 32_768

let pending = ''
let timer: ReturnType<typeof setTimeout> | undefined

/** Lines are written in batches: one system call a request is what a busy region would notice first. */
function write(line: string, atOnce: boolean): void {
  pending += line
  if (atOnce || pending.length > FLUSH_CHARS) return flushLogs()
  timer ??= setTimeout(flushLogs, FLUSH_MS)
}

export function flushLogs(): void {
  clearTimeout(timer)
  timer = undefined
  if (pending) process.stdout.write(pending)
  pending = ''
}

export function createLog(level: LogLevel, fields: Fields = {}): Log {
  const at = (name: Exclude<LogLevel, 'silent'>) => (message: string, more?: Fields) => {
    if (ranks[name] < ranks[level]) return
    const line = { time: new Date().toISOString(), level: name, message, ...fields, ...more }
    write(JSON.stringify(line, readableErrors) + '\n', name === 'error')
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (more) => createLog(level, { ...fields, ...more }),
  }
}

/** Errors keep their stack, and the database's reason where there is one; parameters of queries stay out. */
function readableErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value
  const { name, message, stack, cause } = value as Error & { query?: string }
  const isQuery = message.startsWith('Failed query:')
  return {
    name,
    message: isQuery ? message.split('\nparams:')[0] : message,
    stack: isQuery ? undefined : stack,
    ...(cause instanceof Error && { cause: cause.message }),
  }
}
