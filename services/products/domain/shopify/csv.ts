/** What was wrong with a record: a stray quote is kept as text, after anything else its lines are left out. */
export type CsvFault = 'stray_quote' | 'unclosed_quote' | 'record_too_long' | 'rest_unreadable'

export type CsvRecord = {
  /** Null for one that is left out. */
  cells: string[] | null
  /** The byte at which the next record begins. */
  next: number
  /** How many lines it takes, as an editor counts them. */
  lines: number
  fault: CsvFault | null
}

type Parsed = { cells: string[]; next: number; lines: number; hasStray: boolean }

const LINE_FEED = 10
const QUOTE = 34
const SPACE = 32
const TAB = 9

/** A record that goes on longer has a quote that was never closed. */
const MAX_RECORD_BYTES = 1024 * 1024
/** What is looked at again after broken quotes, in sizes of the file: it keeps the worst case linear. */
const REREAD_FACTOR = 10
/** Fields beyond the header's, after which a record of several lines is not one. */
const SPARE_FIELDS = 50

/**
 * Records of a CSV file in UTF-8 with `\n` line ends, read in place: each by itself, from any byte at which one begins,
 * in time linear to the file whatever is in it. A record with broken quotes doesn't take the following ones with it.
 * Own code, as csv-parse has to begin anew after each broken record: 2,000 of them took 51 s.
 */
export class CsvReader {
  readonly bytes: Uint8Array
  readonly #delimiter: number
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #width = 0
  /** Fields of the last record of one line: files may be narrower than their header. */
  #usual = 0
  #reread = 0

  constructor(bytes: Uint8Array, delimiter: string) {
    this.bytes = bytes
    this.#delimiter = delimiter.charCodeAt(0)
  }

  /** `width`: fields of the header, which tell a record from the rest of a broken one. */
  set width(width: number) {
    this.#width = width
    this.#usual = width
  }

  read(at: number): CsvRecord {
    const end = this.lineEnd(at)
    if (end - at > MAX_RECORD_BYTES) return leftOut('record_too_long', end + 1, 1)
    if (!this.#hasQuote(at, end)) {
      const cells = this.#split(at, end)
      this.#usual = cells.length
      return { cells, next: end + 1, lines: 1, fault: null }
    }
    const parsed = this.#parse(at)
    if (!parsed || this.#ranAway(parsed, end)) return this.#recover(end + 1)
    if (parsed.lines === 1) this.#usual = parsed.cells.length
    const { cells, next, lines, hasStray } = parsed
    return { cells, next, lines, fault: hasStray ? 'stray_quote' : null }
  }

  /** Once more what `read` has given whole. */
  again(at: number): string[] {
    const end = this.lineEnd(at)
    return this.#hasQuote(at, end) ? this.#parse(at)?.cells ?? [] : this.#split(at, end)
  }

  /** Where the line ends that `at` is on: its line feed, or the end of the file. */
  lineEnd(at: number): number {
    const end = this.bytes.indexOf(LINE_FEED, at)
    return end === -1 ? this.bytes.length : end
  }

  /** Whether a line holds nothing but blanks and delimiters. */
  isBlank(at: number, end: number): boolean {
    for (let each = at; each < end; each++) {
      const byte = this.bytes[each]
      if (byte !== SPACE && byte !== TAB && byte !== this.#delimiter) return false
    }
    return true
  }

  #hasQuote(at: number, end: number): boolean {
    return this.bytes.subarray(at, end).includes(QUOTE)
  }

  #split(at: number, end: number): string[] {
    return this.#decode(at, end).split(String.fromCharCode(this.#delimiter))
  }

  #decode(at: number, end: number): string {
    return this.#decoder.decode(this.bytes.subarray(at, end))
  }

  /** The record at `at`; null when one of its quotes is never closed. */
  #parse(at: number): Parsed | null {
    const { bytes } = this
    const cells: string[] = []
    let lines = 1
    let hasStray = false
    for (let pos = at;; pos++) {
      const begin = this.#skipBlanks(pos)
      if (bytes[begin] === QUOTE) {
        const close = this.#closingQuote(begin + 1, at + MAX_RECORD_BYTES)
        const after = close === -1 ? -1 : this.#skipBlanks(close + 1)
        const feeds = close === -1 ? 0 : this.#feeds(begin, close)
        if (close === -1 || (!this.#endsField(after) && feeds > 0) || this.#isTooWide(cells, lines)) {
          this.#reread += (close === -1 ? Math.min(bytes.length, at + MAX_RECORD_BYTES) : close) - at
          return null
        }
        if (this.#endsField(after)) {
          cells.push(this.#decode(begin + 1, close).replaceAll('""', '"'))
          lines += feeds
          pos = after
        } else {
          pos = this.#fieldEnd(begin)
          cells.push(this.#decode(begin, pos))
          hasStray = true
        }
      } else {
        const end = this.#fieldEnd(pos)
        hasStray ||= this.#hasQuote(pos, end)
        cells.push(this.#decode(pos, end))
        pos = end
      }
      if (pos >= bytes.length || bytes[pos] === LINE_FEED) return { cells, next: pos + 1, lines, hasStray }
    }
  }

  /** Whether a quote left open joined this record to others: the next line is one by itself, and this has not the header's width. */
  #ranAway({ cells, lines, next }: Parsed, firstEnd: number): boolean {
    if (lines === 1 || cells.length === this.#width || !this.#isWhole(firstEnd + 1)) return false
    this.#reread += next - firstEnd
    return true
  }

  /** Leaves out the record before `at`, up to the next line that is one by itself. */
  #recover(at: number): CsvRecord {
    const { length } = this.bytes
    let lines = 1
    let next = at
    while (next < length && !this.#isWhole(next)) {
      if (this.#reread > REREAD_FACTOR * length + MAX_RECORD_BYTES) {
        return leftOut('rest_unreadable', length, lines + this.#feeds(next, length))
      }
      next = this.lineEnd(next) + 1
      lines++
    }
    return leftOut('unclosed_quote', next, lines)
  }

  #isWhole(at: number): boolean {
    const end = this.lineEnd(at)
    this.#reread += end - at
    if (at >= end || end - at > MAX_RECORD_BYTES) return false
    const count = this.#hasQuote(at, end) ? this.#parse(at)?.cells.length : this.#delimiters(at, end) + 1
    return count !== undefined && (count === this.#width || count === this.#usual)
  }

  #isTooWide(cells: string[], lines: number): boolean {
    return lines > 1 && cells.length > this.#width + SPARE_FIELDS
  }

  #skipBlanks(at: number): number {
    let pos = at
    while (this.bytes[pos] === SPACE || (this.bytes[pos] === TAB && this.#delimiter !== TAB)) pos++
    return pos
  }

  /** The quote that ends a field begun before `at`: not one of a pair. -1: none within reach. */
  #closingQuote(at: number, limit: number): number {
    for (let pos = this.bytes.indexOf(QUOTE, at); pos !== -1 && pos < limit;) {
      if (this.bytes[pos + 1] !== QUOTE) return pos
      pos = this.bytes.indexOf(QUOTE, pos + 2)
    }
    return -1
  }

  #endsField(at: number): boolean {
    const byte = this.bytes[at]
    return byte === undefined || byte === LINE_FEED || byte === this.#delimiter
  }

  #fieldEnd(at: number): number {
    let pos = at
    while (!this.#endsField(pos)) pos++
    return pos
  }

  #feeds(at: number, end: number): number {
    return this.#count(LINE_FEED, at, end)
  }

  #delimiters(at: number, end: number): number {
    return this.#count(this.#delimiter, at, end)
  }

  #count(byte: number, at: number, end: number): number {
    let count = 0
    for (let pos = at; pos < end; pos++) if (this.bytes[pos] === byte) count++
    return count
  }
}

const leftOut = (fault: CsvFault, next: number, lines: number): CsvRecord => ({
  cells: null,
  next,
  lines,
  fault,
})
