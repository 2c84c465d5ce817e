import type { Tx } from '../../../shared/service/context.ts'
import { catalogueChanged } from '../events.ts'
import type { Ctx } from '../needs.ts'

const told = new WeakSet<Tx>()

/**
 * Part of every change that shoppers can see: of products that are shown, their variants, images and places, of
 * brands, categories and VAT rates, and of stock where something can be bought no more, or again. Not of how many
 * are left: a cached number may be a minute old. However often it is called, a transaction tells it once.
 */
export function announceCatalogue(ctx: Ctx, tx: Tx): void {
  if (told.has(tx)) return
  told.add(tx)
  tx.emit(catalogueChanged, { website_id: ctx.tenant.website, changed_at: ctx.now().toISOString() })
}
