import process from 'node:process'

/** Replaces the text of a running step, e.g. once the port is known. */
export type Say = (title: string) => void

export interface Bar {
  /** Moves the bar to `done` of `total` units. */
  at(done: number): void
  /** Ends the bar with one line: how many, how long, how many a second. */
  end(): void
}

export interface Progress {
  /**
   * Runs `work` and prints one line with its time, in seconds. When it throws, the line carries the
   * reason and the error is thrown on; `wasReported(error)` is then true.
   */
  step<T>(title: string, work: (say: Say) => T | Promise<T>): Promise<T>
  /** A progress bar of `total` units: live on a terminal, one closing line elsewhere. */
  bar(title: string, total: number): Bar
  /** Prints a line as it is, above whatever is moving. */
  line(text: string): void
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 80
/** A log of a CI run that hangs must say where: a step longer than this is announced before it ends. */
const ANNOUNCE_AFTER_MS = 5_000
const TITLE_WIDTH = 48

const reported = new WeakSet<Error>()

/** True when a step already printed this error: the caller ends without printing it again. */
export function wasReported(error: unknown): boolean {
  return error instanceof Error && reported.has(error)
}

/** First line of an error's message, for a person. */
export function reason(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error)
  return text.split('\n', 1).join()
}

/**
 * Writes to stderr, so that stdout stays for results. `write` takes finished lines instead (a test
 * runner's log, or nothing at all with `() => {}`).
 */
export function createProgress(write?: (line: string) => void): Progress {
  const out = process.stderr
  const live = !write && out.isTTY === true && process.env.CI === undefined
  const colour = live && !process.env.NO_COLOR
  const paint = (code: number, text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text)
  const erase = () => live && out.write('\r\x1b[2K')
  const print = write ?? ((text: string) => {
    erase()
    out.write(text + '\n')
  })
  const draw = (text: string) => {
    const width = (out.columns ?? 80) - 1
    erase()
    out.write([...text].slice(0, width).join(''))
  }
  const closing = (mark: string, title: string, detail: string) =>
    print(`${mark} ${title.padEnd(TITLE_WIDTH)}  ${paint(2, detail)}`)

  return {
    line: print,

    async step(title, work) {
      const started = performance.now()
      let text = title
      let frame = 0
      const timer = live
        ? setInterval(() => draw(`${FRAMES[frame++ % FRAMES.length]} ${text}`), FRAME_MS)
        : setInterval(() => {
          clearInterval(timer)
          print(`… ${text}`)
        }, ANNOUNCE_AFTER_MS)
      try {
        const result = await work((next) => text = next)
        closing(paint(32, '✓'), text, seconds(started))
        return result
      } catch (error) {
        if (!wasReported(error)) print(`${paint(31, '✗')} ${text}: ${reason(error)}`)
        if (error instanceof Error) reported.add(error)
        throw error
      } finally {
        clearInterval(timer)
      }
    },

    bar(title, total) {
      const started = performance.now()
      let done = 0
      let drawn = 0
      return {
        at(next) {
          done = next
          if (!live || performance.now() - drawn < FRAME_MS) return
          drawn = performance.now()
          const share = total > 0 ? Math.min(1, done / total) : 1
          const cells = Math.round(share * 24)
          draw(
            `${'█'.repeat(cells)}${'░'.repeat(24 - cells)} ${
              Math.floor(share * 100)
            } %  ${title} ${done}/${total}`,
          )
        },
        end() {
          const rate = Math.round(done / Math.max(0.001, (performance.now() - started) / 1000))
          closing(paint(32, '✓'), `${title}: ${done}`, `${seconds(started)}, ${rate}/s`)
        },
      }
    },
  }
}

function seconds(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`
}

const terminal = createProgress()

/** `step` on the terminal of this process. */
export const step: Progress['step'] = (title, work) => terminal.step(title, work)
/** `bar` on the terminal of this process. */
export const bar: Progress['bar'] = (title, total) => terminal.bar(title, total)
