import { machine } from '../../../shared/kernel/machine.ts'

/** A basket that was ordered or merged never comes back; one left alone does, with the shopper's next change. */
export const basketStates = machine({
  active: ['saved', 'abandoned', 'converted', 'merged'],
  saved: ['active', 'converted'],
  abandoned: ['active', 'saved', 'converted', 'merged'],
  converted: [],
  merged: [],
})

export type BasketStatus = keyof typeof basketStates.transitions
