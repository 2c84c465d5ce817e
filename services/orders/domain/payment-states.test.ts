import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backOffMs, paymentMachine, type PaymentState, paymentStates, statusOf } from './payment-states.ts'

test('money that was taken is never called given up', () => {
  const after = new Set<PaymentState>(['capturing', 'captured'])
  for (const state of after) for (const next of paymentMachine.transitions[state]) after.add(next)
  expect([...after].sort()).toEqual(['captured', 'capturing', 'refunded', 'refunding'])
})

test('along any path, the provider is never asked for two movements at once', () => {
  const moving = ['capturing', 'voiding', 'refunding']
  fc.assert(fc.property(fc.array(fc.nat(10), { maxLength: 30 }), (choices) => {
    let state: PaymentState = 'pending'
    for (const choice of choices) {
      const next: readonly PaymentState[] = paymentMachine.transitions[state]
      if (next.length === 0) break
      const to: PaymentState = next[choice % next.length]!
      expect(moving.includes(state) && moving.includes(to)).toBe(false)
      state = to
    }
  }))
})

test('an order says of every state of its payment what is true', () => {
  expect(paymentStates.map((state) => [state, statusOf(state, 0)])).toEqual([
    ['pending', 'pending'],
    ['authorized', 'authorized'],
    ['capturing', 'authorized'],
    ['captured', 'paid'],
    ['refunding', 'paid'],
    ['voiding', 'authorized'],
    ['voided', 'voided'],
    ['failed', 'failed'],
    ['refunded', 'refunded'],
  ])
  expect(statusOf('captured', 1)).toBe('partially_refunded')
})

test('a provider that does not answer is left alone for longer each time, and never for ever', () => {
  expect([0, 1, 2, 10, 1_000].map((attempts) => backOffMs(attempts, 30_000))).toEqual([
    30_000,
    60_000,
    120_000,
    600_000,
    600_000,
  ])
})
