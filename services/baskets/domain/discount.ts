import { allocate, basisPoints, sum } from '../../../shared/kernel/money.ts'
import type { Id } from '../../../shared/kernel/id.ts'
import { isValid, type OfferedCode, type PromoCode, type Refusal } from './promo-code.ts'

export type DiscountableLine = {
  product_id: Id<'prod'>
  category_ids: Id<'cat'>[]
  /** Price × quantity, as entered, minor units. */
  subtotal: number
}

/** What a code takes off each line; the reason, where it gives nothing. */
export type Given = { shares: number[]; refusal: Refusal | null }

export type Discounts = {
  /** One for each code, in their order. */
  codes: Given[]
  free_shipping: boolean
}

/**
 * What the codes take off, one after the other in the order they were added, in the mode the shop prices in. Each is
 * reckoned on the full price of the lines it applies to, and taken off what earlier ones left of these: pro rata, and
 * never more than there is.
 */
export function discountOf(lines: DiscountableLine[], codes: OfferedCode[], now: Date): Discounts {
  const subtotal = sum(lines.map((line) => line.subtotal))
  const left = lines.map((line) => line.subtotal)
  let free_shipping = false
  const given = codes.map((code): Given => {
    const covered = lines.map((line) => appliesTo(code, line))
    const base = sum(lines.filter((_, i) => covered[i]).map((line) => line.subtotal))
    const refusal = refusalOf(code, subtotal, base, now)
    if (refusal) return { shares: lines.map(() => 0), refusal }
    if (code.kind === 'free_shipping') free_shipping = true
    const weights = left.map((rest, i) => (covered[i] ? rest : 0))
    const shares = allocate(Math.min(amountOf(code, base), sum(weights)), weights)
    shares.forEach((share, i) => left[i]! -= share)
    return { shares, refusal }
  })
  return { codes: given, free_shipping }
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
