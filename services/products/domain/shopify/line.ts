import { plain } from '../../../../shared/kernel/text.ts'
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
const PLAIN = /^[\x20-\x7e]*$/
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g
/** Nobody writes a number that long; what is longer isn't looked at closely. */
const MAX_NUMBER = 60

/** One line of the file, read field by field; what had to be changed is reported as it is read. */
export class Line {
  readonly line: number
  handle: string | null = null

  readonly #cells: string[]
  readonly #setting: Setting
  readonly #texts = new Map<Field, string>()

  constructor(line: number, cells: string[], setting: Setting) {
    this.line = line
    this.#cells = cells
    this.#setting = setting
  }

  warn(code: CsvProblemCode, message: string) {
    this.#setting.report(this.line, this.handle, code, message)
  }

  has(field: Field): boolean {
    return this.#setting.columns[field] !== undefined
  }

  raw(field: Field): string {
    return rawCell(this.#setting.columns, this.#cells, field)
  }

  /** On one line, as the API stores texts: in NFC, without what nobody sees and what is no text. */
  text(field: Field): string {
    const known = this.#texts.get(field)
    if (known !== undefined) return known
    const raw = this.raw(field).trim()
    const text = PLAIN.test(raw) ? raw : this.#cleaned(field, raw)
    this.#texts.set(field, text)
    return text
  }

  #cleaned(field: Field, raw: string): string {
    const text = plain(raw).replace(CONTROLS, ' ').trim()
    if (raw.search(CONTROLS) !== -1 && field !== 'sku' && field !== 'barcode') {
      this.warn('characters_replaced', `${field}: line breaks and control characters read as blanks`)
    }
    return text
  }

  /** What is not blank. */
  given(field: Field): string | undefined {
    return this.text(field) || undefined
  }

  /** A code kept as text: Excel's ways of saying "this is text" (`'0123`, `="0123"`) are taken off. */
  code(field: Field): string | undefined {
    const raw = this.raw(field).trim()
    if (raw.search(CONTROLS) !== -1) {
      this.warn('value_refused', `${field}: ${printable(raw)} holds control characters: left out`)
      return undefined
    }
    const written = this.text(field)
    const text = written.replace(/^="(.*)"$/, '$1').replace(/^'+/, '').trim()
    if (text !== written) this.warn('excel_text_marker', `${field}: ${written} read as ${text}`)
    if (SCIENTIFIC.test(text) && /[.,]|\+/.test(text)) {
      this.warn(
        'scientific_notation',
        `${field}: ${text} kept as it is; its digits were lost in a spreadsheet`,
      )
    }
    return text || undefined
  }

  amount(field: Field): number | undefined {
    const text = this.text(field)
    if (!text) return undefined
    const { minorDigits, mark } = this.#setting
    const reading = text.length > MAX_NUMBER ? null : parseMoney(text, minorDigits, mark)
    if (!reading) {
      this.warn('amount_unreadable', `${field}: ${text} is no amount`)
      return undefined
    }
    if (reading.ambiguous) {
      this.warn('amount_ambiguous', `${field}: ${text} read as ${reading.amount} minor units`)
    } else if (reading.rounded) {
      this.warn('amount_rounded', `${field}: ${text} rounded to ${reading.amount} minor units`)
    }
    return reading.amount
  }

  /** Whole and not negative: half pieces are cut, and what was sold beyond stock leaves none to sell. */
  quantity(): number | undefined {
    const text = this.text('quantity')
    if (!text) return undefined
    const number = text.length > MAX_NUMBER ? null : readNumber(text, this.#setting.mark, 2)
    const quantity = Number(number?.whole || 0)
    if (!number || !Number.isSafeInteger(quantity)) {
      this.warn('quantity_unreadable', `quantity: ${text} is no number`)
      return undefined
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
  grams(): number | undefined {
    const field: Field = this.text('grams') ? 'grams' : 'weight'
    const text = this.text(field)
    if (!text) return undefined
    const isShort = text.length <= MAX_NUMBER
    const own = isShort ? /(kg|g|lbs?|oz)\.?$/i.exec(text)?.[1] : undefined
    const unit = (own ?? (field === 'grams' ? 'g' : this.text('weight_unit') || 'kg')).toLowerCase()
    const number = isShort ? readNumber(text, this.#setting.mark, 3) : null
    if (!number || number.negative || !GRAMS_PER[unit]) {
      this.warn('weight_unreadable', `weight: ${text} ${unit} is no weight`)
      return undefined
    }
    return Math.round(Number(`${number.whole || 0}.${number.fraction || 0}`) * GRAMS_PER[unit])
  }

  /** Undefined for blank, and for what is neither. */
  boolean(field: Field): boolean | undefined {
    const text = this.text(field).toLowerCase()
    if (TRUE.has(text)) return true
    if (FALSE.has(text)) return false
    if (text) this.warn('value_unknown', `${field}: ${text} is neither true nor false: passed over`)
    return undefined
  }

  /** Policy: deny or continue; the newer column holds these words too, or a boolean. */
  oversell(): boolean | undefined {
    const text = this.text('policy').toLowerCase()
    if (text === 'continue') return true
    return text === 'deny' ? false : this.boolean('policy')
  }
}

const printable = (text: string) => text.replace(CONTROLS, '�')
