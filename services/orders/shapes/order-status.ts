import { z } from '@hono/zod-openapi'
import { orderStatuses } from '../domain/order-states.ts'

export const OrderStatusName = z.enum(orderStatuses).openapi({ example: 'confirmed' })

export const OrderStatus = z.object({
  name: OrderStatusName,
  description: z.string(),
  position: z.int().openapi({ example: 2 }),
  transitions: z.array(OrderStatusName).openapi({ description: 'What an order in this state may become' }),
  effects: z.array(z.object({
    to: OrderStatusName,
    stock: z.enum(['kept', 'sold', 'given_back']),
    promo_codes: z.enum(['kept', 'given_back']),
    money: z.enum(['kept', 'given_back', 'refunded']),
    documents: z.enum(['none', 'invoice', 'credit_note']),
  })).openapi({ description: 'What each of these changes does to what the order holds' }),
  is_cancellable: z.boolean(),
  is_final: z.boolean(),
}).openapi('OrderStatus')
export type OrderStatus = z.infer<typeof OrderStatus>

export const OrderStatistics = z.object({
  data: z.array(z.object({ status: OrderStatusName, orders: z.int().openapi({ example: 12 }) })),
}).openapi('OrderStatistics')
export type OrderStatistics = z.infer<typeof OrderStatistics>
