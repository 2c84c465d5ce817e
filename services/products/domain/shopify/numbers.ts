/** Digits of a number as people and spreadsheets write it. `ambiguous`: a separator could mean either thing. */
export type NumberText = { negative: boolean; whole: string; fraction: string; ambiguous: boolean }

export type DecimalMark = '.' | ','

const SPACES_AND_APOSTROPHES = /[\s\u00A0\u202F'’]/g
const GROUPED = /^\d{1,3}([.,]\d{2,3})*[.,]\d{3}$/
const SHORT = /^[\d.,]*?([.,])(\d{1,2})$/
const SHORT_OR_WHOLE = /^[\d.,]*?([.,])(\d{1,3})$/
const ONE_GROUP = /^[1-9]\d{0,2}[.,]\d{3}$/

/** Without spaces, currency, Excel's text marker and the dash for "no cents" (12,–). */
function bare(text: string): { digits: string; negative: boolean } {
  const trimmed = text.normalize('NFKC').replace(/[\u2212\u2012-\u2015]/g, '-').replace(
    SPACES_AND_APOSTROPHES,
    '',
  )
  const unquoted = trimmed.replace(/^="?(.*?)"?$/, '$1')
  const inBrackets = /^\((.*)\)$/.exec(unquoted)
  const body = (inBrackets?.[1] ?? unquoted)
    .replace(/^([+-]?)[\p{L}\p{Sc}][\p{L}\p{Sc}.]*/u, '$1')
    .replace(/[\p{L}\p{Sc}][\p{L}\p{Sc}.]*(-?)$/u, '$1')
    .replace(/[.,]-+$/, '')
  const signed = /^([+-]?)(.*?)(-?)$/.exec(body)
  return {
    digits: signed?.[2] ?? '',
    negative: Boolean(inBrackets) || signed?.[1] === '-' || signed?.[3] === '-',
  }
}

function split(digits: string, at: number) {
  return { whole: digits.slice(0, at).replace(/[.,]/g, ''), fraction: digits.slice(at + 1), ambiguous: false }
}

/** `1.299` and the like: one separator before exactly three digits. */
function oneGroup(digits: string, at: number, mark: DecimalMark | null, minorDigits: number) {
  const separator = digits.charAt(at)
  const decimal = minorDigits > 0 &&
    (mark === separator || (mark === null && minorDigits >= 3 && separator === '.'))
  if (decimal) return { ...split(digits, at), ambiguous: minorDigits < 3 }
  return {
    whole: digits.replace(separator, ''),
    fraction: '',
    ambiguous: minorDigits > 0 && mark === null && (separator === '.' || minorDigits >= 3),
  }
}

/**
 * Reads `1,299.00`, `1.299,00`, `12,50`, `$12.50`, `(3)`, `12.–` … Null when it is no number. A separator before
 * exactly three digits (`1.299`) is read as the decimal mark when it is the file's `mark`, else as thousands.
 */
export function readNumber(text: string, mark: DecimalMark | null, minorDigits: number): NumberText | null {
  const { digits, negative } = bare(text)
  if (!/^[\d.,]*\d[\d.,]*$/.test(digits)) return null
  const separators = digits.match(/[.,]/g) ?? []
  const last = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','))
  if (separators.length === 0) return { negative, whole: digits, fraction: '', ambiguous: false }
  if (separators.length === 1) {
    return {
      negative,
      ...(ONE_GROUP.test(digits) ? oneGroup(digits, last, mark, minorDigits) : split(digits, last)),
    }
  }
  const kinds = new Set(separators)
  if (kinds.size === 1) {
    return GROUPED.test(digits)
      ? { negative, whole: digits.replace(/[.,]/g, ''), fraction: '', ambiguous: false }
      : null
  }
  const before = digits.slice(0, last)
  const mixed = new Set(before.match(/[.,]/g)).size > 1 || before.includes(digits.charAt(last))
  return mixed || !GROUPED.test(before) ? null : { negative, ...split(digits, last) }
}

/** The decimal mark this text shows, or null: beyond doubt, but for three digits of a currency that has as many. */
export function markShownBy(text: string, minorDigits: number): DecimalMark | null {
  const { digits } = bare(text)
  const shown = (minorDigits >= 3 ? SHORT_OR_WHOLE : SHORT).exec(digits)
  if (!shown || !/^[\d.,]+$/.test(digits)) return null
  const mark = shown[1] === ',' ? ',' : '.'
  return digits.indexOf(mark) === digits.lastIndexOf(mark) ? mark : null
}

export type MoneyReading = { amount: number; rounded: boolean; ambiguous: boolean }

/**
 * An amount in minor units from text, digit by digit (no floating point). `minorDigits` is the currency's number
 * of minor digits (EUR 2, JPY 0, KWD 3). More digits than that are rounded half up. Null when the text is no amount
 * of zero or more, or exceeds what an integer holds exactly.
 */
export function parseMoney(
  text: string,
  minorDigits = 2,
  mark: DecimalMark | null = null,
): MoneyReading | null {
  const number = readNumber(text, mark, minorDigits)
  if (!number) return null
  const kept = number.fraction.slice(0, minorDigits).padEnd(minorDigits, '0')
  const dropped = number.fraction.slice(minorDigits)
  const amount = Number(number.whole + kept) + (dropped >= '5' ? 1 : 0)
  if (!Number.isSafeInteger(amount) || (number.negative && amount !== 0)) return null
  return { amount, rounded: /[1-9]/.test(dropped), ambiguous: number.ambiguous }
}
