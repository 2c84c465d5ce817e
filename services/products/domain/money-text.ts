import { type DecimalMark, readNumber } from './number-text.ts'

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
