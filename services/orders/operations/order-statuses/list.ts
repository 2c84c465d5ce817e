import { effectsOf, orderMachine, orderStates, orderStatuses } from '../../domain/order-states.ts'
import type { OrderStatus } from '../../shapes/order-status.ts'

/** The state machine, as callers see it: the very table that decides. */
export const listOrderStatuses = (): OrderStatus[] =>
  orderStatuses.map((name, i) => ({
    name,
    description: orderStates[name].description,
    position: i + 1,
    transitions: [...orderMachine.transitions[name]],
    effects: orderMachine.transitions[name].map((to) => ({ to, ...effectsOf(name, to) })),
    is_cancellable: orderMachine.can(name, 'cancelled'),
    is_final: orderMachine.isFinal(name),
  }))
