import type { Id } from '../../../../shared/kernel/id.ts'
import { withoutLine } from '../../domain/lines.ts'
import type { Ctx } from '../../needs.ts'
import { changeBasket } from '../../writes/change-basket.ts'
import { type Answer, answer, holderOf } from './internal.ts'

/** Throws `not_found`. */
export async function removeItem(ctx: Ctx, token: string | undefined, id: Id<'bli'>): Promise<Answer> {
  const holder = holderOf(ctx, token)
  return answer(
    ctx,
    await changeBasket(ctx, holder, (draft) => ({ ...draft, lines: withoutLine(draft.lines, id) })),
  )
}
