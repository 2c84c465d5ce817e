import type { Ctx } from '../../needs.ts'
import { changeBasket } from '../../writes/change-basket.ts'
import { type Answer, answer, holderOf } from './internal.ts'

/** Lines and codes. The basket itself stays. */
export async function clearBasket(ctx: Ctx, token: string | undefined): Promise<Answer> {
  const changed = await changeBasket(
    ctx,
    holderOf(ctx, token),
    (draft) => draft.lines.length + draft.codes.length === 0 ? draft : { lines: [], codes: [] },
    { reason: 'cleared' },
  )
  return answer(ctx, changed)
}
