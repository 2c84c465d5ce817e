import type { Id } from '../../../shared/kernel/id.ts'

export type PromoKind = 'percentage' | 'fixed' | 'free_shipping'

export type PromoCode = {
  id: Id<'promo'>
  name: string
  code: string
  kind: PromoKind
  /** Basis points of a percentage, minor units of a fixed discount. */
  value: number
  minimum_purchase: number | null
  maximum_discount: number | null
  usage_limit: number | null
  per_user_limit: number | null
  usage_count: number
  starts_at: Date | null
  ends_at: Date | null
  is_active: boolean
  is_stackable: boolean
  first_order_only: boolean
  applicable_products: Id<'prod'>[]
  applicable_categories: Id<'cat'>[]
  deleted_at: Date | null
}

/** A code as a certain shopper meets it. For a guest, who is nobody yet, nothing has been used or ordered. */
export type OfferedCode = PromoCode & { uses_by_user: number; user_has_ordered: boolean }

/** Why a code gives nothing. The first reason covers all that a stranger must not be told apart. */
export const refusals = ['not_valid', 'minimum_purchase', 'not_applicable'] as const
export type Refusal = (typeof refusals)[number]

/** Codes compare in any case and without the blanks of a copy. */
export const normalCode = (text: string): string => text.trim().toUpperCase()

export function isValid(code: OfferedCode, now: Date): boolean {
  if (!code.is_active || code.deleted_at) return false
  if (code.starts_at && code.starts_at > now) return false
  if (code.ends_at && code.ends_at <= now) return false
  if (code.usage_limit !== null && code.usage_count >= code.usage_limit) return false
  return isLeftFor(code, code.uses_by_user, code.user_has_ordered)
}

/** Within what one shopper may use. A code for the first order can be used once at most. */
export function isLeftFor(
  code: Pick<PromoCode, 'per_user_limit' | 'first_order_only'>,
  uses: number,
  hasOrdered: boolean,
): boolean {
  if (code.first_order_only && (hasOrdered || uses >= 1)) return false
  return code.per_user_limit === null || uses < code.per_user_limit
}

/** Several codes go together only when each of them allows it. */
export const goesWith = (code: PromoCode, others: PromoCode[]): boolean =>
  others.length === 0 || (code.is_stackable && others.every((other) => other.is_stackable))
