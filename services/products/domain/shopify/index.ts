import {
  type CsvFault,
  type CsvFile,
  csvFile,
  type CsvRecord,
  decodeText,
  readRecords,
  runFrom,
} from './records.ts'
import { commonMark } from './numbers.ts'
import { type Columns, columnsOf, fieldOf, rawCell } from './headers.ts'
import { Line } from './line.ts'
import { groupLines, readProduct } from './products.ts'
import { CSV_PROBLEMS, type CsvProblem, type CsvProduct, type Report, type ShopifyCsv } from './types.ts'

export * from './types.ts'

export type ShopifyCsvOptions = {
  /** Minor digits of the shop's currency (EUR 2, JPY 0, KWD 3). */
  minorDigits?: number
}

type Header = { record: CsvRecord; delimiter: string; columns: Columns }

const DELIMITERS = [',', ';', '\t', '|']
const PRICE_FIELDS = ['price', 'compare_at_price', 'cost'] as const
/** Excel's own first line, which names the delimiter. */
const DELIMITER_LINE = /^"?sep=.?"?[,;\t]*$/i

const isBlank = ({ cells }: CsvRecord) => cells.every((cell) => cell.trim() === '')

/** First line with text that is not Excel's delimiter line. */
function headerLine(text: string): number | null {
  const at = text.split('\n', 50).findIndex((line) =>
    /[^\s,;|"]/.test(line) && !DELIMITER_LINE.test(line.trim())
  )
  return at === -1 ? null : at + 1
}

/** The header under the delimiter which shows the most of Shopify's columns; handle or title must be among them. */
function findHeader(file: CsvFile, line: number): Header | null {
  const candidates = DELIMITERS.flatMap((delimiter) => {
    const [record] = runFrom(file, line, delimiter, { to: 1, trim: true }).records
    return record ? [{ record, delimiter, columns: columnsOf(record.cells) }] : []
  })
  const named = candidates.filter(({ columns }) => columns.handle || columns.title)
  const known = ({ columns }: Header) => Object.keys(columns).length
  return named.reduce<Header | null>(
    (best, header) => !best || known(header) > known(best) ? header : best,
    null,
  )
}

function reportFault(report: Report, { line, until, code }: CsvFault) {
  if (code === 'stray_quote') return report(line, null, code, 'a quote within a field is taken as text')
  const where = until > line ? `lines ${line} to ${until}` : `line ${line}`
  report(line, null, code, `a quote is not closed: ${where} left out`)
}

/** Reports ragged records; false for a header repeated within the file (exports put one after the other). */
function isData(record: CsvRecord, header: Header, report: Report): boolean {
  const { cells, line } = record
  const handle = rawCell(header.columns, cells, 'handle')
  const title = rawCell(header.columns, cells, 'title')
  const repeated = header.columns.handle ? fieldOf(handle) === 'handle' && fieldOf(title) === 'title' : false
  if (repeated) {
    report(line, null, 'header_repeated', 'the header again: skipped')
    return false
  }
  const width = header.record.cells.findLastIndex((name) => name.trim()) + 1
  if (cells.length < width) {
    report(line, null, 'too_few_fields', `${cells.length} fields of ${width}: the rest is blank`)
  }
  if (cells.slice(header.record.cells.length).some((cell) => cell.trim())) {
    report(
      line,
      null,
      'too_many_fields',
      `${cells.length} fields for ${width} columns: the last are not read`,
    )
  }
  return true
}

/** References must be unique in a shop, SKUs need not be: each variant learns which use of its SKU it is. */
function countSkus(products: CsvProduct[], report: Report) {
  const variants = products.flatMap(({ handle, variants }) =>
    variants.map((variant) => ({ handle, variant }))
  )
  const uses = new Map<string, { line: number; count: number }>()
  for (const { handle, variant } of variants.sort((a, b) => a.variant.line - b.variant.line)) {
    if (!variant.sku) continue
    const use = uses.get(variant.sku.toLowerCase()) ?? { line: variant.line, count: 0 }
    uses.set(variant.sku.toLowerCase(), use)
    variant.sku_occurrence = ++use.count
    if (use.count > 1) {
      report(variant.line, handle, 'sku_repeated', `SKU ${variant.sku} is also on line ${use.line}`)
    }
  }
}

function readProducts(
  file: CsvFile,
  header: Header,
  first: number,
  minorDigits: number,
  report: Report,
): CsvProduct[] {
  const { delimiter, columns, record: { cells } } = header
  const { next } = runFrom(file, first, delimiter, { to: 1, trim: true })
  const { records, faults } = readRecords(file, next, delimiter, cells.length)
  for (const fault of faults) reportFault(report, fault)
  const data = records.filter((record) => !isBlank(record) && isData(record, header, report))
  const mark = commonMark(
    data.flatMap((record) => PRICE_FIELDS.map((field) => rawCell(columns, record.cells, field))),
  )
  const lines = data.map((record) => new Line(record, { columns, minorDigits, mark, report }))
  const products = groupLines(lines).map(readProduct).filter((product) => product !== null)
  countSkus(products, report)
  return products
}

/**
 * Reads a product file of Shopify, as exported or saved again by a spreadsheet (any of UTF-8, UTF-16, Windows-1252;
 * comma, semicolon, tab). Never throws for what a file holds: what is wrong is in `problems`, by line. Amounts are
 * in minor units of a currency with `minorDigits` (default 2).
 */
export function readShopifyCsv(
  input: string | Uint8Array,
  { minorDigits = 2 }: ShopifyCsvOptions = {},
): ShopifyCsv {
  const problems: CsvProblem[] = []
  const report: Report = (line, handle, code, message) =>
    problems.push({ line, handle, severity: CSV_PROBLEMS[code], code, message })
  const { text, guessed } = decodeText(input)
  const file = csvFile(text)
  const done = (products: CsvProduct[]): ShopifyCsv => ({
    products,
    problems: problems.sort((a, b) => a.line - b.line),
    lines: file.starts.length,
  })
  const first = headerLine(text)
  if (first === null) {
    report(1, null, 'file_empty', 'the file is empty')
    return done([])
  }
  if (guessed) report(1, null, 'encoding_guessed', 'not UTF-8: read as Windows-1252')
  const header = findHeader(file, first)
  if (!header) {
    report(first, null, 'header_unknown', 'no column of this line is called Handle or Title')
    return done([])
  }
  return done(readProducts(file, header, first, minorDigits, report))
}
