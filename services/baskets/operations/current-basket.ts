import type { Id } from '../../../shared/kernel/id.ts'
import { addUnits, setQuantity, withoutLine } from '../domain/lines.ts'
import { type Notice, priceBasket } from '../domain/price-basket.ts'
import type { Ctx } from '../needs.ts'
import { findBasket } from '../queries.ts'
import type { Basket, NewBasketItem } from '../shapes/basket.ts'
import { holderOf } from './caller.ts'
import { type Answer, changeBasket } from './change-basket.ts'
import { mergeAtLogin } from './merge-guest.ts'
import { quote } from './quote.ts'
import { showBasket } from './show-basket.ts'

/** Reading makes no basket: one that isn't there is shown empty, without an id. */
export async function readCurrent(ctx: Ctx, token: string | undefined): Promise<Basket> {
  return await show(ctx, token, await mergeAtLogin(ctx, token))
}

/** Throws `not_purchasable`, `out_of_stock`, `validation_failed` beyond 99 units, `conflict` beyond 50 lines. */
export async function addItem(ctx: Ctx, token: string | undefined, input: NewBasketItem): Promise<Answer> {
  const told = await mergeAtLogin(ctx, token)
  const stamp = { newId: () => ctx.newId('bli'), operation_id: ctx.operationId }
  return await changeBasket(
    ctx,
    holderOf(ctx, token),
    (draft, quotes) => ({ ...draft, lines: addUnits(draft.lines, input, quotes, stamp) }),
    { variants: [input.variant_id], told },
  )
}

/** Throws `not_found`, and as adding does where more is wanted than before. */
export async function changeItem(
  ctx: Ctx,
  token: string | undefined,
  id: Id<'bli'>,
  quantity: number,
): Promise<Answer> {
  const told = await mergeAtLogin(ctx, token)
  return await changeBasket(
    ctx,
    holderOf(ctx, token),
    (draft, quotes) => ({ ...draft, lines: setQuantity(draft.lines, id, quantity, quotes) }),
    { reason: 'quantity_changed', told },
  )
}

/** Throws `not_found`. */
export async function removeItem(ctx: Ctx, token: string | undefined, id: Id<'bli'>): Promise<Answer> {
  const told = await mergeAtLogin(ctx, token)
  return await changeBasket(
    ctx,
    holderOf(ctx, token),
    (draft) => ({ ...draft, lines: withoutLine(draft.lines, id) }),
    { told },
  )
}

/** Lines and codes. The basket itself stays. */
export async function clearCurrent(ctx: Ctx, token: string | undefined): Promise<Answer> {
  await mergeAtLogin(ctx, token)
  return await changeBasket(
    ctx,
    holderOf(ctx, token),
    (draft) => draft.lines.length + draft.codes.length === 0 ? draft : { lines: [], codes: [] },
    { reason: 'cleared' },
  )
}

export async function show(ctx: Ctx, token: string | undefined, told: Notice[] = []): Promise<Basket> {
  const stored = await findBasket(ctx.db, holderOf(ctx, token))
  const { lines, codes } = stored ?? { lines: [], codes: [] }
  const quotes = await quote(ctx, lines.map((line) => line.variant_id))
  const priced = priceBasket(lines, codes, quotes, ctx.now())
  return showBasket(stored ?? { id: null, version: 0 }, priced, ctx.tenant.currency, told)
}
