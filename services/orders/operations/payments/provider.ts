import type { Money } from '../../../../shared/kernel/money.ts'

/** What a provider is told. `key` is its idempotency key: the same for every attempt at one step of one order. */
export type PaymentRequest = { key: string; order_number: string; amount: Money; reference: string | null }

export type Authorization =
  | { status: 'authorized'; reference: string | null }
  | { status: 'refused'; reason: string }

/**
 * Whoever moves the money. Every call may be repeated with its key without a second effect; it throws when it can't
 * tell the outcome, and is then asked again.
 */
export type PaymentProvider = {
  authorize(request: PaymentRequest): Promise<Authorization>
  /** Returns the provider's transaction. */
  capture(request: PaymentRequest): Promise<{ reference: string }>
  /** Gives an authorisation up, also one that was never made or whose answer got lost. */
  void(request: PaymentRequest): Promise<void>
  refund(request: PaymentRequest): Promise<{ reference: string }>
}
