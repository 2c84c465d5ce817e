import type { Service } from '../shared/service/service.ts'
import auth from './auth/service.ts'
import baskets from './baskets/service.ts'
import messages from './messages/service.ts'
import orders from './orders/service.ts'
import products from './products/service.ts'
import websites from './websites/service.ts'

/** The services of the platform. Everything that goes through them all starts from this list. */
export const registry: Service[] = [websites, auth, products, baskets, orders, messages]
