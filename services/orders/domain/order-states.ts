import { machine } from '../../../shared/kernel/machine.ts'

/**
 * What an order may become. Leaving `pending` is the checkout's business, `cancelled` and `refunded` have operations
 * of their own; staff moves it through the rest.
 */
export const orderMachine = machine({
  pending: ['confirmed', 'cancelled', 'refunded'],
  confirmed: ['processing', 'cancelled', 'refunded'],
  processing: ['shipped', 'cancelled', 'refunded'],
  shipped: ['delivered', 'cancelled'],
  delivered: [],
  cancelled: [],
  refunded: [],
})

export type OrderStatus = keyof typeof orderMachine.transitions
export const orderStatuses = Object.keys(orderMachine.transitions) as [OrderStatus, ...OrderStatus[]]

export const descriptions: Record<OrderStatus, string> = {
  pending: 'The checkout is running: stock and payment are not secured yet',
  confirmed: 'The stock is reserved and the payment authorised',
  processing: 'The order is being prepared',
  shipped: 'The parcel has left',
  delivered: 'The order reached its customer',
  cancelled: 'The order was cancelled and holds nothing any more',
  refunded: 'The payment was given back before delivery',
}

export const paymentStatuses = ['pending', 'authorized', 'paid', 'failed', 'voided', 'refunded'] as const
export type PaymentStatus = (typeof paymentStatuses)[number]

/** How long customers may cancel by themselves, from the moment they ordered. */
const CUSTOMER_CANCELS_WITHIN_MS = 24 * 3600 * 1000
const CUSTOMER_CANCELS_FROM: readonly OrderStatus[] = ['pending', 'confirmed']

export const mayCustomerCancel = (order: { status: OrderStatus; placed_at: Date }, now: Date): boolean =>
  CUSTOMER_CANCELS_FROM.includes(order.status) &&
  now.getTime() - order.placed_at.getTime() <= CUSTOMER_CANCELS_WITHIN_MS
