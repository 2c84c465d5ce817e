import type { ImportNote } from './record.ts'

const MAX_MESSAGE = 300
const MAX_HANDLE = 255

/** Notes of an import, of which the first `max` are kept: errors before warnings. All are counted. */
export class Notes {
  readonly #max: number
  #errors: ImportNote[] = []
  #warnings: ImportNote[] = []
  count = 0

  constructor(max: number, kept: ImportNote[] = []) {
    this.#max = max
    for (const note of kept) this.#keep(note)
  }

  /** By line. */
  get kept(): ImportNote[] {
    const warnings = this.#warnings.slice(0, this.#max - this.#errors.length)
    return [...this.#errors, ...warnings].sort((a, b) => a.line - b.line)
  }

  add(note: ImportNote): void {
    this.count++
    this.#keep(note)
  }

  #keep(note: ImportNote): void {
    const list = note.severity === 'error' ? this.#errors : this.#warnings
    if (list.length === this.#max) return
    const { handle, message } = note
    list.push({
      ...note,
      handle: handle && clipped(handle, MAX_HANDLE),
      message: clipped(message, MAX_MESSAGE),
    })
  }
}

/** A cell may hold a megabyte, and so may what is said of it. */
const clipped = (text: string, max: number) =>
  text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`
