import { expect, test } from 'vitest'
import {
  effectsOf,
  mayCustomerCancel,
  orderMachine,
  orderStates,
  orderStatuses,
  stockOf,
} from './order-states.ts'

test('every change of state says what becomes of stock, codes, money and documents', () => {
  const table = orderStatuses.flatMap((from) =>
    orderMachine.transitions[from].map((to) => {
      const { stock, promo_codes, money, documents } = effectsOf(from, to)
      return `${from} → ${to}: stock ${stock}, codes ${promo_codes}, money ${money}, documents ${documents}`
    })
  )
  expect(table).toEqual([
    'pending → confirmed: stock sold, codes kept, money kept, documents invoice',
    'pending → cancelled: stock given_back, codes given_back, money given_back, documents none',
    'confirmed → processing: stock kept, codes kept, money kept, documents none',
    'confirmed → cancelled: stock given_back, codes given_back, money given_back, documents credit_note',
    'confirmed → refunded: stock given_back, codes given_back, money refunded, documents credit_note',
    'processing → shipped: stock kept, codes kept, money kept, documents none',
    'processing → cancelled: stock given_back, codes given_back, money given_back, documents credit_note',
    'processing → refunded: stock given_back, codes given_back, money refunded, documents credit_note',
    'shipped → delivered: stock kept, codes kept, money kept, documents none',
  ])
})

test('goods that have left the house are never put back by a change of state', () => {
  for (const status of ['shipped', 'delivered'] as const) {
    for (const to of orderMachine.transitions[status]) expect(effectsOf(status, to).stock).toBe('kept')
    expect(orderMachine.can(status, 'cancelled')).toBe(false)
  }
})

test('what holds nothing any more can neither be captured nor move on', () => {
  for (const status of ['cancelled', 'refunded'] as const) {
    expect(orderStates[status].isCapturable).toBe(false)
    expect(orderMachine.isFinal(status)).toBe(true)
  }
})

test('an order says of its stock what the changes to its state did with it', () => {
  expect(orderStatuses.map((status) => [status, stockOf(status)])).toEqual([
    ['pending', 'held'],
    ['confirmed', 'sold'],
    ['processing', 'sold'],
    ['shipped', 'sold'],
    ['delivered', 'sold'],
    ['cancelled', 'given_back'],
    ['refunded', 'given_back'],
  ])
})

test('a change that is not in the table has no effects', () => {
  expect(() => effectsOf('delivered', 'cancelled')).toThrow()
})

test('customers cancel within 24 hours, before the order is being prepared', () => {
  const placed_at = new Date('2026-06-15T12:00:00Z')
  const at = (hours: number) => new Date(placed_at.getTime() + hours * 3_600_000)
  expect(mayCustomerCancel({ status: 'confirmed', placed_at }, at(24))).toBe(true)
  expect(mayCustomerCancel({ status: 'confirmed', placed_at }, at(24.01))).toBe(false)
  expect(mayCustomerCancel({ status: 'processing', placed_at }, at(1))).toBe(false)
})
