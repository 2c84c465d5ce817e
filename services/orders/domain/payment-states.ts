import { machine } from '../../../shared/kernel/machine.ts'

/**
 * What a payment may become. Before the provider is asked to move money the intent is a state of its own, committed:
 * whoever finds it there asks again under the same key, and two movements never run at once. So money that was taken
 * is never called given up, whoever cancels meanwhile. `voided` is left again by an authorisation that came late.
 */
export const paymentMachine = machine({
  pending: ['authorized', 'failed', 'voiding', 'voided'],
  authorized: ['capturing', 'voiding'],
  capturing: ['captured'],
  captured: ['refunding'],
  /** Back to `captured` where only a part was given back. */
  refunding: ['captured', 'refunded'],
  voiding: ['voided'],
  voided: ['voiding'],
  failed: ['voiding'],
  refunded: [],
})
export type PaymentState = keyof typeof paymentMachine.transitions
export const paymentStates = Object.keys(paymentMachine.transitions) as [PaymentState, ...PaymentState[]]

export const paymentStatuses = [
  'pending',
  'authorized',
  'paid',
  'partially_refunded',
  'refunded',
  'failed',
  'voided',
] as const
/** What an order says of its payment. */
export type PaymentStatus = (typeof paymentStatuses)[number]

/** While an answer of the provider is open, what was true before. `refunded_amount` in minor units. */
export function statusOf(state: PaymentState, refunded_amount: number): PaymentStatus {
  switch (state) {
    case 'capturing':
    case 'voiding':
      return 'authorized'
    case 'captured':
    case 'refunding':
      return refunded_amount > 0 ? 'partially_refunded' : 'paid'
    default:
      return state
  }
}

/** Each time the provider doesn't answer it is left alone for longer: a minute at the fifth time, ten in the end. */
export const backOffMs = (attempts: number, firstMs: number): number =>
  Math.min(firstMs * 2 ** Math.min(attempts, 20), 600_000)
