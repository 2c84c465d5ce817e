import { CsvError, type Options, parse } from 'csv-parse/sync'

/** `line` is the first physical line of the record, from 1. */
export type CsvRecord = { line: number; cells: string[] }

/** What was wrong at `line`; lines up to `until` were left out, unless it was only a stray quote. */
export type CsvFault = {
  line: number
  until: number
  code: 'unclosed_quote' | 'stray_quote' | 'rest_unreadable'
}

/** `starts[i]` is the byte at which line i + 1 begins. */
export type CsvFile = { bytes: Uint8Array; starts: number[] }

type Failure = { line: number; reached: number }
type Run = { records: CsvRecord[]; next: number; failure: Failure | null }

const LINE_FEED = 10

/** Re-reading after broken quotes stops after this many times the file: keeps the worst case linear. */
const REREAD_FACTOR = 20
const REREAD_FLOOR_LINES = 2_000

export function csvFile(text: string): CsvFile {
  const bytes = new TextEncoder().encode(text)
  const starts = bytes.length ? [0] : []
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (at + 1 < bytes.length) starts.push(at + 1)
  }
  return { bytes, starts }
}

/** Reads from `line` on; what was read before a failure is kept, with the first line of the failed record. */
export function runFrom(file: CsvFile, line: number, delimiter: string, options: Options = {}): Run {
  const records: CsvRecord[] = []
  let next = line
  const settings: Options = {
    delimiter,
    record_delimiter: '\n',
    relax_column_count: true,
    ...options,
    on_record: (cells, info) => {
      records.push({ line: next, cells })
      next = line + info.lines
      return null
    },
  }
  try {
    parse(file.bytes.subarray(file.starts[line - 1]), settings)
    return { records, next, failure: null }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return { records, next, failure: { line: next, reached: line - 1 + Number(error.lines) } }
  }
}

class Reader {
  records: CsvRecord[] = []
  faults: CsvFault[] = []
  private reread = 0

  private readonly file: CsvFile
  private readonly delimiter: string
  private readonly width: number

  constructor(file: CsvFile, delimiter: string, width: number) {
    this.file = file
    this.delimiter = delimiter
    this.width = width
  }

  read(line: number) {
    for (let next = line; next <= this.file.starts.length;) {
      const { records, failure } = runFrom(this.file, next, this.delimiter)
      for (const record of records) this.records.push(record)
      if (!failure) return
      next = this.recover(failure)
    }
  }

  /** Keeps the failed record when its quotes can be read otherwise, else leaves it out; gives the line to go on from. */
  private recover(failure: Failure): number {
    const { line } = failure
    const spaced = this.hasSpacedQuote(line, failure.reached) ? this.one(line, { trim: true }) : null
    if (spaced) return this.keep(spaced)
    // A quote left open runs into the following lines: when one of those is a record by itself, the quote was open.
    const runaway = failure.reached > line &&
      [line + 1, failure.reached].some((next) => this.looksWhole(next))
    const relaxed = runaway ? null : this.one(line, { relax_quotes: true })
    if (relaxed) {
      this.faults.push({ line, until: line, code: 'stray_quote' })
      return this.keep(relaxed)
    }
    const next = this.nextWhole(line + 1)
    this.faults.push({ line, until: next - 1, code: this.exhausted() ? 'rest_unreadable' : 'unclosed_quote' })
    return next
  }

  private keep({ record, next }: { record: CsvRecord; next: number }) {
    this.records.push(record)
    return next
  }

  private nextWhole(line: number): number {
    const end = this.file.starts.length + 1
    let next = line
    while (next < end && !this.whole(next)) next = this.exhausted() ? end : next + 1
    return next
  }

  private exhausted() {
    return this.reread > this.file.starts.length * REREAD_FACTOR + REREAD_FLOOR_LINES
  }

  private whole(line: number) {
    return line <= this.file.starts.length && this.one(line, {}) !== null
  }

  /** A blank before an opening or after a closing quote: looked for first, as reading a record again is slow. */
  private hasSpacedQuote(line: number, last: number) {
    const { bytes, starts } = this.file
    const text = new TextDecoder().decode(bytes.subarray(starts[line - 1], starts[last]))
    return /[^\w\s"][^\S\n]+"|"[^\S\n]+[^\w\s"]|"[^\S\n]+$|^[^\S\n]+"/m.test(text)
  }

  private looksWhole(line: number) {
    return this.whole(line) || (line <= this.file.starts.length && this.one(line, { quote: false }) !== null)
  }

  /** The record at `line`, if it has the header's number of fields. */
  private one(line: number, options: Options) {
    if (this.exhausted()) return null
    const { records: [record], next, failure } = runFrom(this.file, line, this.delimiter, {
      ...options,
      to: 1,
    })
    this.reread += (failure ? failure.reached + 1 : next) - line
    return record?.cells.length === this.width ? { record, next } : null
  }
}

/** All records from `line` on; a record with broken quotes does not take the following ones with it. */
export function readRecords(file: CsvFile, line: number, delimiter: string, width: number) {
  const reader = new Reader(file, delimiter, width)
  reader.read(line)
  return { records: reader.records, faults: reader.faults }
}

const UTF8_BOM = '\uFEFF'

export type DecodedText = { text: string; guessed: boolean }

const decode = (bytes: Uint8Array, encoding: string, fatal = false) =>
  new TextDecoder(encoding, { fatal }).decode(bytes)

/** UTF-16 text of mostly Latin letters has its zero bytes on one side only: which one tells the byte order. */
function utf16WithoutMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const sample = bytes.subarray(0, 400)
  const zeros = (parity: number) => sample.filter((byte, index) => byte === 0 && index % 2 === parity).length
  const [even, odd] = [zeros(0), zeros(1)]
  if (odd > sample.length / 4 && even === 0) return 'utf-16le'
  if (even > sample.length / 4 && odd === 0) return 'utf-16be'
  return null
}

function decodeBytes(bytes: Uint8Array): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: decode(bytes, 'utf-16le'), guessed: false }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { text: decode(bytes, 'utf-16be'), guessed: false }
  const wide = utf16WithoutMark(bytes)
  if (wide) return { text: decode(bytes, wide), guessed: false }
  try {
    return { text: decode(bytes, 'utf-8', true), guessed: false }
  } catch {
    // Excel's plain "CSV" is written in the machine's code page, in western Europe Windows-1252.
    return { text: decode(bytes, 'windows-1252'), guessed: true }
  }
}

/**
 * Text of a file with `\n` line ends only: one file may mix them (Excel writes CRLF between lines and LF within
 * cells), and csv-parse counts a CRLF within quotes as two lines.
 */
export function decodeText(input: string | Uint8Array): DecodedText {
  const { text, guessed } = typeof input === 'string' ? { text: input, guessed: false } : decodeBytes(input)
  const unmarked = text.startsWith(UTF8_BOM) ? text.slice(1) : text
  return { text: unmarked.replace(/\r\n?/g, '\n'), guessed }
}
