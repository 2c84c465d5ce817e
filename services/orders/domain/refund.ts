import { ratio } from '../../../shared/kernel/money.ts'
import type { BothSides } from '../../../shared/kernel/vat.ts'

/**
 * Both sides of a refund of `amount` (with VAT), after `before` was given back already: pro rata of the order's total.
 * However a whole refund is cut into parts, they add up to the total on both sides.
 */
export function refundOf(total: BothSides, before: number, amount: number): BothSides {
  const netUntil = (gross: number) => total.gross === 0 ? 0 : ratio(gross, total.net, total.gross)
  return { net: netUntil(before + amount) - netUntil(before), gross: amount }
}
