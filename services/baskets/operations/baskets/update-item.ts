import type { Id } from '../../../../shared/kernel/id.ts'
import { setQuantity } from '../../domain/lines.ts'
import type { Ctx } from '../../needs.ts'
import { changeBasket } from '../../writes/change-basket.ts'
import { type Answer, answer, holderOf } from './internal.ts'

/** Throws `not_found`, and as adding does where more is wanted than before. */
export async function updateItem(
  ctx: Ctx,
  token: string | undefined,
  id: Id<'bli'>,
  quantity: number,
): Promise<Answer> {
  const changed = await changeBasket(
    ctx,
    holderOf(ctx, token),
    (draft, quotes) => ({ ...draft, lines: setQuantity(draft.lines, id, quantity, quotes) }),
    { reason: 'quantity_changed' },
  )
  return answer(ctx, changed)
}
