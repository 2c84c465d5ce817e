import { machine } from '../../../shared/kernel/machine.ts'

/**
 * What a change of state does to all that an order holds.
 *
 * - `stock`: `sold` leaves the shop's stock for good, `given_back` can be sold again, `kept` stays as it was.
 * - `promo_codes`: whether the uses it counted are free again.
 * - `money`: `given_back` is the authorisation given up, and what was captured refunded; `refunded` says that a whole
 *   refund is what brought the change about.
 * - `documents`: what accounting has to issue.
 */
export type Effects = {
  stock: 'kept' | 'sold' | 'given_back'
  promo_codes: 'kept' | 'given_back'
  money: 'kept' | 'given_back' | 'refunded'
  documents: 'none' | 'invoice' | 'credit_note'
}

const NOTHING: Effects = { stock: 'kept', promo_codes: 'kept', money: 'kept', documents: 'none' }
const CONFIRMED: Effects = { stock: 'sold', promo_codes: 'kept', money: 'kept', documents: 'invoice' }
const NEVER_PLACED: Effects = {
  stock: 'given_back',
  promo_codes: 'given_back',
  money: 'given_back',
  documents: 'none',
}
const CANCELLED: Effects = { ...NEVER_PLACED, documents: 'credit_note' }
const REFUNDED: Effects = { ...CANCELLED, money: 'refunded' }

type State = {
  description: string
  /** The authorised money may be taken. */
  isCapturable: boolean
  /** Captured money may be given back, in part or all of it. */
  isRefundable: boolean
  /** By its customer, within 24 hours. */
  isCustomersToCancel: boolean
  becomes: Partial<Record<OrderStatus, Effects>>
}

export const orderStatuses = [
  'pending',
  'confirmed',
  'processing',
  'shipped',
  'delivered',
  'cancelled',
  'refunded',
] as const
export type OrderStatus = (typeof orderStatuses)[number]

/**
 * Everything that depends on the state of an order. Leaving `pending` is the checkout's business, `cancelled` and
 * `refunded` have operations of their own; staff moves it through the rest. What has left the house is not cancelled:
 * its goods come back as a return, if they do, and a refund of it moves money alone.
 */
export const orderStates: Record<OrderStatus, State> = {
  pending: {
    description: 'The checkout is running: stock and payment are not secured yet',
    isCapturable: false,
    isRefundable: false,
    isCustomersToCancel: true,
    becomes: { confirmed: CONFIRMED, cancelled: NEVER_PLACED },
  },
  confirmed: {
    description: 'The stock is reserved and the payment authorised',
    isCapturable: true,
    isRefundable: true,
    isCustomersToCancel: true,
    becomes: { processing: NOTHING, cancelled: CANCELLED, refunded: REFUNDED },
  },
  processing: {
    description: 'The order is being prepared',
    isCapturable: true,
    isRefundable: true,
    isCustomersToCancel: false,
    becomes: { shipped: NOTHING, cancelled: CANCELLED, refunded: REFUNDED },
  },
  shipped: {
    description: 'The parcel has left',
    isCapturable: true,
    isRefundable: true,
    isCustomersToCancel: false,
    becomes: { delivered: NOTHING },
  },
  delivered: {
    description: 'The order reached its customer',
    isCapturable: true,
    isRefundable: true,
    isCustomersToCancel: false,
    becomes: {},
  },
  cancelled: {
    description: 'The order was cancelled before it left, and holds nothing any more',
    isCapturable: false,
    isRefundable: true,
    isCustomersToCancel: false,
    becomes: {},
  },
  refunded: {
    description: 'All of the payment was given back before the order left, and it holds nothing any more',
    isCapturable: false,
    isRefundable: false,
    isCustomersToCancel: false,
    becomes: {},
  },
}

const targets = (status: OrderStatus) => Object.keys(orderStates[status].becomes) as OrderStatus[]

export const orderMachine = machine(
  Object.fromEntries(orderStatuses.map((status) => [status, targets(status)])) as Record<
    OrderStatus,
    OrderStatus[]
  >,
)

/** Throws for a change that the table doesn't have. */
export function effectsOf(from: OrderStatus, to: OrderStatus): Effects {
  const effects = orderStates[from].becomes[to]
  if (!effects) throw new Error(`an order does not become ${to} from ${from}`)
  return effects
}

/** What an order in this state says of the stock taken for it. */
export function stockOf(status: OrderStatus): 'held' | 'sold' | 'given_back' {
  if (status === 'pending') return 'held'
  const ways = orderStatuses.flatMap((from) => orderStates[from].becomes[status] ?? [])
  return ways.some(({ stock }) => stock === 'given_back') ? 'given_back' : 'sold'
}

/** How long customers may cancel by themselves, from the moment they ordered. */
const CUSTOMER_CANCELS_WITHIN_MS = 24 * 3600 * 1000

export const mayCustomerCancel = (order: { status: OrderStatus; placed_at: Date }, now: Date): boolean =>
  orderStates[order.status].isCustomersToCancel &&
  now.getTime() - order.placed_at.getTime() <= CUSTOMER_CANCELS_WITHIN_MS
