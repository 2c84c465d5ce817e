import { vatRateOf } from '../../documents/show.ts'
import { availableOf } from '../../domain/stock.ts'
import type { Ctx } from '../../needs.ts'
import type { QuotedVariant } from '../../ports.ts'
import { findQuoted } from '../../queries/quote.ts'

/** Name, price, tax and availability now of variants that shoppers see; the others are left out. One statement. */
export async function quote(
  ctx: Ctx,
  input: { variants: QuotedVariant['variant_id'][] },
): Promise<{ variants: QuotedVariant[] }> {
  const rows = await findQuoted(ctx.db, input.variants)
  return {
    variants: rows.map(({ variant, image, rate, category_ids, product_id, name, ref, slug }) => ({
      variant_id: variant.id,
      product_id,
      name,
      ref,
      sku: variant.sku,
      slug,
      option_values: variant.option_values,
      image_url: variant.image_url ?? image?.[0] ?? null,
      price: variant.price,
      vat_rate: vatRateOf(variant, rate),
      available: availableOf(variant),
      requires_shipping: variant.requires_shipping,
      category_ids: category_ids ?? [],
    })),
  }
}
