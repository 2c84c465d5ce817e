import { type Id, idFromBytes, idToBytes } from '../../../shared/kernel/id.ts'

/** Every attempt at one operation makes the order with this one id. */
export const orderIdOf = (operation: Id<'op'>): Id<'ord'> => idFromBytes('ord', idToBytes('op', operation))
export const operationOf = (order: Id<'ord'>): Id<'op'> => idFromBytes('op', idToBytes('ord', order))
