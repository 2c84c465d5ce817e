import type { BasketLine, Quotes } from '../domain/lines.ts'
import type { PricedBasket } from '../domain/price-basket.ts'
import type { HeldCode, StoredBasket } from '../queries/baskets.ts'

/** What a change is about: it takes one to what it becomes, without any effect, and may be asked again. */
export type Draft = { lines: BasketLine[]; codes: HeldCode[] }
export type Change = (draft: Draft, quotes: Quotes) => Draft

/** A change thought through: what was there, what it becomes, and what that costs now. */
export type Plan = {
  before: StoredBasket | undefined
  after: Draft
  priced: PricedBasket
  isChange: boolean
}

/** Why units leave a basket, for those who follow the events. */
export type RemovalReason = 'removed' | 'quantity_changed' | 'cleared'
