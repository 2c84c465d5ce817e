import { basisPoints } from '../../../shared/kernel/money.ts'
import type { Id } from '../../../shared/kernel/id.ts'
import { isValid, type OfferedCode, type PromoCode, type Refusal } from './promo-code.ts'

export type DiscountableLine = {
  product_id: Id<'prod'>
  category_ids: Id<'cat'>[]
  /** Unit price × quantity, minor units. */
  net: number
}

export type Discounts = {
  subtotal: number
  /** One for each code, in their order. */
  codes: { amount: number; refusal: Refusal | null }[]
  discount: number
  free_shipping: boolean
}

/**
 * What the codes take off, one after the other in the order they were added. Each is reckoned on the full
 * price of the lines it applies to, not on what earlier ones left; together they never exceed the subtotal.
 */
export function discountOf(lines: DiscountableLine[], codes: OfferedCode[], now: Date): Discounts {
  const subtotal = sum(lines)
  let left = subtotal
  let free_shipping = false
  const given = codes.map((code) => {
    const base = sum(lines.filter((line) => appliesTo(code, line)))
    const refusal = refusalOf(code, subtotal, base, now)
    if (refusal) return { amount: 0, refusal }
    if (code.kind === 'free_shipping') free_shipping = true
    const amount = Math.min(amountOf(code, base), left)
    left -= amount
    return { amount, refusal }
  })
  return { subtotal, codes: given, discount: subtotal - left, free_shipping }
}

function refusalOf(code: OfferedCode, subtotal: number, base: number, now: Date): Refusal | null {
  if (!isValid(code, now)) return 'not_valid'
  if (code.minimum_purchase !== null && subtotal < code.minimum_purchase) return 'minimum_purchase'
  return base === 0 ? 'not_applicable' : null
}

function amountOf(code: PromoCode, base: number): number {
  if (code.kind === 'free_shipping') return 0
  const full = code.kind === 'percentage' ? basisPoints(base, code.value) : Math.min(code.value, base)
  return Math.min(full, code.maximum_discount ?? full)
}

function appliesTo(code: PromoCode, line: DiscountableLine): boolean {
  const { applicable_products: products, applicable_categories: categories } = code
  if (products.length === 0 && categories.length === 0) return true
  return products.includes(line.product_id) || line.category_ids.some((id) => categories.includes(id))
}

const sum = (lines: DiscountableLine[]) => lines.reduce((total, line) => total + line.net, 0)
