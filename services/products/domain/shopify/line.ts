import type { CsvRecord } from './records.ts'
import { type DecimalMark, parseMoney, readNumber } from './numbers.ts'
import { type Columns, type Field, rawCell } from './headers.ts'
import type { CsvProblemCode, Report } from './types.ts'

export type Setting = { columns: Columns; minorDigits: number; mark: DecimalMark | null; report: Report }

/** Excel writes TRUE and FALSE in its own language when it saves a file again. */
const TRUE = new Set(
  'true yes y 1 t on wahr ja vrai oui verdadero sí si vero waar verdadeiro sim prawda tak sant'.split(' '),
)
const FALSE = new Set(
  'false no n 0 f off falsch nein faux non falso onwaar não nao fałsz nie falskt usant'.split(' '),
)

const SCIENTIFIC = /^\d+([.,]\d+)?e[+-]?\d+$/i
const GRAMS_PER: Record<string, number> = { g: 1, kg: 1000, lb: 453.59237, lbs: 453.59237, oz: 28.349523125 }

/** One line of the file, read field by field; what had to be changed is reported as it is read. */
export class Line {
  readonly line: number
  handle: string | null = null

  private readonly record: CsvRecord
  private readonly setting: Setting

  constructor(record: CsvRecord, setting: Setting) {
    this.record = record
    this.setting = setting
    this.line = record.line
  }

  warn(code: CsvProblemCode, message: string) {
    this.setting.report(this.line, this.handle, code, message)
  }

  raw(field: Field): string {
    return rawCell(this.setting.columns, this.record.cells, field)
  }

  text(field: Field): string {
    return this.raw(field).trim()
  }

  /** A code kept as text: Excel's ways of saying "this is text" (`'0123`, `="0123"`) are taken off. */
  code(field: Field): string | null {
    const written = this.text(field)
    const text = written.replace(/^="(.*)"$/, '$1').replace(/^'+/, '').trim()
    if (text !== written) this.warn('excel_text_marker', `${field}: ${written} read as ${text}`)
    if (SCIENTIFIC.test(text) && /[.,]|\+/.test(text)) {
      this.warn(
        'scientific_notation',
        `${field}: ${text} kept as it is; its digits were lost in a spreadsheet`,
      )
    }
    return text || null
  }

  amount(field: Field): number | null {
    const text = this.text(field)
    if (!text) return null
    const reading = parseMoney(text, this.setting.minorDigits, this.setting.mark)
    if (!reading) {
      this.warn('amount_unreadable', `${field}: ${text} is no amount`)
      return null
    }
    if (reading.ambiguous) {
      this.warn('amount_ambiguous', `${field}: ${text} read as ${reading.amount} minor units`)
    } else if (reading.rounded) {
      this.warn('amount_rounded', `${field}: ${text} rounded to ${reading.amount} minor units`)
    }
    return reading.amount
  }

  /** Whole and not negative: half pieces are cut, and what was sold beyond stock leaves none to sell. */
  quantity(): number | null {
    const text = this.text('quantity')
    if (!text) return null
    const number = readNumber(text, this.setting.mark, 2)
    const quantity = Number(number?.whole || 0)
    if (!number || !Number.isSafeInteger(quantity)) {
      this.warn('quantity_unreadable', `quantity: ${text} is no number`)
      return null
    }
    const fractional = /[1-9]/.test(number.fraction)
    if (number.negative && (quantity > 0 || fractional)) {
      this.warn('quantity_negative', `quantity: ${text} read as 0`)
      return 0
    }
    if (fractional || number.ambiguous) this.warn('quantity_rounded', `quantity: ${text} read as ${quantity}`)
    return quantity
  }

  /** Shopify's grams column is in grams whatever the unit column says: that one is for display only. */
  grams(): number | null {
    const field: Field = this.text('grams') ? 'grams' : 'weight'
    const text = this.text(field)
    if (!text) return null
    const own = /(kg|g|lbs?|oz)\.?$/i.exec(text)?.[1]
    const unit = (own ?? (field === 'grams' ? 'g' : this.text('weight_unit') || 'kg')).toLowerCase()
    const number = readNumber(text, this.setting.mark, 3)
    if (!number || number.negative || !GRAMS_PER[unit]) {
      this.warn('weight_unreadable', `weight: ${text} ${unit} is no weight`)
      return null
    }
    return Math.round(Number(`${number.whole || 0}.${number.fraction || 0}`) * GRAMS_PER[unit])
  }

  boolean(field: Field, blank: boolean): boolean {
    const text = this.text(field).toLowerCase()
    if (TRUE.has(text)) return true
    if (FALSE.has(text)) return false
    if (text) this.warn('value_unknown', `${field}: ${text} read as ${blank}`)
    return blank
  }

  /** Policy: deny or continue; the newer column holds these words too, or a boolean. */
  oversell(): boolean {
    const text = this.text('policy').toLowerCase()
    if (text === 'continue') return true
    return text !== 'deny' && this.boolean('policy', false)
  }
}
