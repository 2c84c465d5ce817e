import { CsvReader, type CsvRecord } from './csv.ts'
import { type Decoded } from './decode.ts'
import { type Columns, columnsOf, fieldOf, rawCell } from './headers.ts'
import { KeyIndex } from './key-index.ts'
import { Line, type Setting } from './line.ts'
import { type DecimalMark, markShownBy } from './numbers.ts'
import { handleKey, readProduct } from './products.ts'
import type { CsvProduct, Report } from './types.ts'

/** Records of a file that are not blank. Shopify's own exports have 300 bytes and more in each. */
export const MAX_RECORDS = 500_000
/** Of one product: 500 variants, 100 images, and what repeats them. */
const MAX_LINES = 2_000
/** Characters of one product, over all its lines. */
const MAX_CHARACTERS = 4 * 1024 * 1024

const DELIMITERS = [',', ';', '\t', '|']
const PRICE_FIELDS = ['price', 'compare_at_price', 'cost'] as const
/** Excel's own first line, which names the delimiter. */
const DELIMITER_LINE = /^"?sep=.?"?[,;\t]*$/i

const LINE_FEED = 10
/** Blanks, quotes and what stands between fields. */
const NO_TEXT = new Set(Array.from(' \t",;|', (character) => character.charCodeAt(0)))

type Header = {
  csv: CsvReader
  cells: string[]
  /** Columns up to the last that has a name. */
  width: number
  columns: Columns
  line: number
  next: number
  lines: number
}

/**
 * A product file of Shopify, as exported or saved again by a spreadsheet: comma, semicolon, tab or bar between its
 * fields. Reading it never throws: what is wrong is reported, by line. Memory: the file's bytes, and some 40 bytes for
 * each record, of which only the place is kept.
 */
export class ShopifyFile {
  readonly #file: Decoded
  readonly #minorDigits: number
  readonly #report: Report
  #header!: Header
  #setting!: Setting
  /** By record: where it begins, its line, and the product it belongs to. */
  readonly #starts: number[] = []
  readonly #lines: number[] = []
  readonly #products: number[] = []
  /** The records in the order of their products, and where those of each product begin. */
  #sorted = new Uint32Array()
  #firsts = new Uint32Array()
  /** The line on which a SKU is first used. */
  readonly #skus = new KeyIndex()

  /** `minorDigits` of the shop's currency: EUR 2, JPY 0, KWD 3. */
  constructor(file: Decoded, minorDigits: number, report: Report) {
    this.#file = file
    this.#minorDigits = minorDigits
    this.#report = report
  }

  /** Goes once through the file. Returns how many products it has. */
  open(): number {
    const header = this.#findHeader()
    if (!header) return 0
    this.#header = header
    header.csv.width = header.cells.length
    if (this.#file.isGuessed) {
      this.#report(1, null, 'encoding_guessed', 'not UTF-8: read as Windows-1252')
    }
    const { columns } = header
    this.#setting = { columns, minorDigits: this.#minorDigits, mark: null, report: this.#report }
    const count = this.#index()
    if (count > 0) this.#sort(count)
    return count
  }

  /** `number`: from 0, in the order in which the products first appear. */
  product(number: number): CsvProduct {
    const lines: Line[] = []
    let characters = 0
    const [from, to] = [this.#firsts[number]!, this.#firsts[number + 1]!]
    for (let at = from; at < to; at++) {
      const record = this.#sorted[at]!
      const cells = this.#header.csv.again(this.#starts[record]!)
      for (const cell of cells) characters += cell.length
      if (lines.length > 0 && (lines.length === MAX_LINES || characters > MAX_CHARACTERS)) {
        const what = `${to - at} lines from here on are more than one product may have: left out`
        this.#report(this.#lines[record]!, lines[0]!.handle, 'too_many_lines', what)
        break
      }
      lines.push(new Line(this.#lines[record]!, cells, this.#setting))
    }
    const handle = keyOf(lines[0]!)
    for (const line of lines) line.handle = handle
    const product = readProduct(handle, lines)
    for (const { sku, line } of product.variants) this.#countSku(sku, line, handle)
    return product
  }

  /** SKUs need not be unique in a shop, but mostly are meant to be. */
  #countSku(sku: string | undefined, line: number, handle: string): void {
    if (sku === undefined) return
    const first = this.#skus.get(sku.toLowerCase())
    if (first === undefined) return this.#skus.set(sku.toLowerCase(), line)
    this.#report(line, handle, 'sku_repeated', `SKU ${sku} is also on line ${first}`)
  }

  /** The header under the delimiter which shows the most of Shopify's columns; handle or title must be among them. */
  #findHeader(): Header | null {
    const { bytes } = this.#file
    const place = firstLine(bytes)
    if (!place) {
      this.#report(1, null, 'file_empty', 'the file is empty')
      return null
    }
    let best: Header | null = null
    for (const delimiter of DELIMITERS) {
      const csv = new CsvReader(bytes, delimiter)
      const { cells, next, lines } = csv.read(place.at)
      const columns = cells ? columnsOf(cells) : {}
      const known = Object.keys(columns).length
      if (!cells || !(columns.handle || columns.title)) continue
      if (!best || known > Object.keys(best.columns).length) {
        const width = cells.findLastIndex((name) => name.trim()) + 1
        best = { csv, cells, width, columns, next, lines, line: place.line }
      }
    }
    if (!best) {
      this.#report(place.line, null, 'header_unknown', 'no column of this line is called Handle or Title')
    }
    return best
  }

  /** Where each record is and which product it belongs to. Lines of a product need not be adjacent. */
  #index(): number {
    const { csv, lines, next } = this.#header
    const { bytes } = csv
    const marks = { '.': 0, ',': 0 }
    // Each line is read again with its product: what is odd about its cells is said then.
    const report: Report = (at, handle, code, what) =>
      code === 'characters_replaced' || this.#report(at, handle, code, what)
    const setting = { ...this.#setting, report }
    const groups = new Groups()
    let line = this.#header.line + lines
    for (let at = next; at < bytes.length;) {
      if (bytes[at] === LINE_FEED) {
        line++
        at++
        continue
      }
      const end = csv.lineEnd(at)
      if (csv.isBlank(at, end)) {
        line++
        at = end + 1
        continue
      }
      const record = csv.read(at)
      if (this.#isData(record, line)) {
        if (this.#starts.length === MAX_RECORDS) {
          this.#report(
            line,
            null,
            'too_many_records',
            `more than ${MAX_RECORDS} lines: send them in several files`,
          )
          return 0
        }
        const read = new Line(line, record.cells, setting)
        const product = groups.of(read)
        if (product === null) read.warn('handle_missing', 'neither handle nor title: line left out')
        else {
          this.#starts.push(at)
          this.#lines.push(line)
          this.#products.push(product)
          for (const field of PRICE_FIELDS) {
            const mark = markShownBy(read.raw(field).slice(0, 40), this.#setting.minorDigits)
            if (mark) marks[mark]++
          }
        }
      }
      line += record.lines
      at = record.next
    }
    this.#setting.mark = commonMark(marks)
    return groups.count
  }

  /** Reports what is odd about a record; false for one without data. */
  #isData(record: CsvRecord, line: number): record is CsvRecord & { cells: string[] } {
    const { cells, lines, fault } = record
    if (fault) this.#reportFault(line, lines, fault)
    if (!cells || cells.every((cell) => cell.trim() === '')) return false
    const { columns, cells: header, width } = this.#header
    const isHeader = columns.handle && fieldOf(rawCell(columns, cells, 'handle')) === 'handle' &&
      fieldOf(rawCell(columns, cells, 'title')) === (columns.title ? 'title' : undefined)
    if (isHeader) {
      // Exports put one after the other.
      this.#report(line, null, 'header_repeated', 'the header again: skipped')
      return false
    }
    if (cells.length < width) {
      this.#report(line, null, 'too_few_fields', `${cells.length} fields of ${width}: the rest is blank`)
    }
    if (cells.length > header.length && cells.slice(header.length).some((cell) => cell.trim())) {
      const what = `${cells.length} fields for ${width} columns: the last are not read`
      this.#report(line, null, 'too_many_fields', what)
    }
    if (this.#file.hasReplaced && cells.some((cell) => cell.includes('\uFFFD'))) {
      this.#report(line, null, 'bytes_replaced', 'bytes that are no UTF-8: � stands for them')
    }
    return true
  }

  #reportFault(line: number, lines: number, fault: NonNullable<CsvRecord['fault']>): void {
    if (fault === 'stray_quote') {
      return this.#report(line, null, fault, 'a quote within a field is taken as text')
    }
    const where = lines > 1 ? `lines ${line} to ${line + lines - 1}` : `line ${line}`
    const what = fault === 'record_too_long' ? 'too long for a line' : 'a quote is not closed'
    this.#report(line, null, fault, `${what}: ${where} left out`)
  }

  #sort(products: number): void {
    const { length } = this.#products
    this.#firsts = new Uint32Array(products + 1)
    for (const product of this.#products) this.#firsts[product + 1]!++
    for (let at = 0; at < products; at++) this.#firsts[at + 1]! += this.#firsts[at]!
    const places = this.#firsts.slice(0, products)
    this.#sorted = new Uint32Array(length)
    for (let record = 0; record < length; record++) {
      this.#sorted[places[this.#products[record]!]!++] = record
    }
  }
}

/** Lines by handle; those without one by the title of a product that has one, else by their own. */
class Groups {
  readonly #byKey = new KeyIndex()
  readonly #byTitle = new KeyIndex()
  count = 0

  /** Null: neither handle nor title. */
  of(line: Line): number | null {
    const handle = handleKey(line.text('handle'))
    const title = handleKey(line.text('title'))
    const group = handle ? this.#byKey.get(handle) : this.#byTitle.get(title) ?? this.#byKey.get(title)
    if (!handle && !title) return null
    const product = group ?? this.count++
    if (group === undefined) this.#byKey.set(handle || title, product)
    if (title && this.#byTitle.get(title) === undefined) this.#byTitle.set(title, product)
    if (!handle && group === undefined) {
      line.warn('handle_derived', `no handle: known by its title, ${title}`)
    }
    return product
  }
}

const keyOf = (line: Line): string => handleKey(line.text('handle')) || handleKey(line.text('title'))

/** The first line with text that is not Excel's delimiter line. */
function firstLine(bytes: Uint8Array): { at: number; line: number } | null {
  let at = 0
  for (let line = 1; at < bytes.length; line++) {
    const found = bytes.indexOf(LINE_FEED, at)
    const end = found === -1 ? bytes.length : found
    const isText = end > at && bytes.subarray(at, end).some((byte) => !NO_TEXT.has(byte))
    const isShort = end - at <= 20
    if (
      isText && !(isShort && DELIMITER_LINE.test(new TextDecoder().decode(bytes.subarray(at, end)).trim()))
    ) {
      return { at, line }
    }
    at = end + 1
  }
  return null
}

/** The decimal mark that most prices of the file show beyond doubt; null when none does. */
function commonMark(seen: Record<DecimalMark, number>): DecimalMark | null {
  if (seen['.'] === seen[',']) return null
  return seen['.'] > seen[','] ? '.' : ','
}
