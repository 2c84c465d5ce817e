import type { Ctx } from '../../needs.ts'
import type { Basket } from '../../shapes/basket.ts'
import { holderOf, present } from './internal.ts'

/** Reading changes nothing: it makes no basket and merges none. */
export const getBasket = (ctx: Ctx, token: string | undefined): Promise<Basket> =>
  present(ctx, holderOf(ctx, token))
