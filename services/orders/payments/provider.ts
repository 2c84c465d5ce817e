import type { Money } from '../../../shared/kernel/money.ts'

/** What a provider is told. `key` is its idempotency key: the same for every attempt at one movement of money. */
export type PaymentRequest = { key: string; order_number: string; amount: Money; reference: string | null }

export type Authorization =
  | { status: 'authorized'; reference: string | null }
  | { status: 'refused'; reason: string }

/**
 * Whoever moves the money. Every call may be repeated with its key without a second effect; it throws when it can't
 * tell the outcome, and is then asked again.
 */
export type PaymentProvider = {
  /** Money moves by hand, and staff notes it here: what is owed isn't noted as given back on its own. */
  isByHand: boolean
  authorize(request: PaymentRequest): Promise<Authorization>
  /** Returns the provider's transaction. */
  capture(request: PaymentRequest): Promise<{ reference: string }>
  /** Gives an authorisation up, also one that was never made or whose answer got lost. */
  void(request: PaymentRequest): Promise<void>
  /** `amount` may be a part of what was captured. */
  refund(request: PaymentRequest): Promise<{ reference: string }>
}
