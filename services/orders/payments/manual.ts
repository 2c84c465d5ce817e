import type { PaymentProvider, PaymentRequest } from './provider.ts'

/**
 * Paid outside, by transfer or on delivery: the order stays `authorized` until staff has seen the money and captures
 * it. The key is the only trace of a movement there is, so it is its reference.
 */
export const manual: PaymentProvider = {
  isByHand: true,
  authorize: () => Promise.resolve({ status: 'authorized', reference: null }),
  capture: ({ key }: PaymentRequest) => Promise.resolve({ reference: key }),
  void: () => Promise.resolve(),
  refund: ({ key }: PaymentRequest) => Promise.resolve({ reference: key }),
}
