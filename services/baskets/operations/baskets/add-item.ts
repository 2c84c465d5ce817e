import { addUnits } from '../../domain/lines.ts'
import type { Ctx } from '../../needs.ts'
import type { NewBasketItem } from '../../shapes/basket.ts'
import { changeBasket } from '../../writes/change-basket.ts'
import { type Answer, answer, holderOf } from './internal.ts'

/** Throws `not_purchasable`, `out_of_stock`, `validation_failed` beyond 99 units, `conflict` beyond 50 lines. */
export async function addItem(ctx: Ctx, token: string | undefined, input: NewBasketItem): Promise<Answer> {
  const stamp = { newId: () => ctx.newId('bli'), operation_id: ctx.operationId, now: ctx.now() }
  const changed = await changeBasket(
    ctx,
    holderOf(ctx, token),
    (draft, quotes) => ({ ...draft, lines: addUnits(draft.lines, input, quotes, stamp) }),
    { variants: [input.variant_id] },
  )
  return answer(ctx, changed)
}
