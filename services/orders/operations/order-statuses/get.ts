import { Problem } from '../../../../shared/errors/problem.ts'
import type { OrderStatus } from '../../shapes/order-status.ts'
import { listOrderStatuses } from './list.ts'

/** Throws `not_found`. */
export function getOrderStatus(name: string): OrderStatus {
  const status = listOrderStatuses().find((each) => each.name === name)
  if (!status) throw new Problem('not_found')
  return status
}
