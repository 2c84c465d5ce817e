import type { Id } from '../../../shared/kernel/id.ts'
import type { Quotes } from '../domain/lines.ts'
import type { Ctx } from '../needs.ts'

/** Prices, taxes and stocks of now, in one call however many there are. Throws when the catalogue does not answer. */
export async function quote(
  ctx: Ctx,
  wanted: Iterable<Id<'var'>>,
  known: Quotes = new Map(),
): Promise<Quotes> {
  const variants = [...new Set(wanted)].filter((id) => !known.has(id))
  if (variants.length === 0) return known
  const { variants: quoted } = await ctx.ports.catalogue.quote({ variants })
  return new Map([...known, ...quoted.map((each) => [each.variant_id, each] as const)])
}
