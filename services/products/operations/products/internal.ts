import { onDuplicate } from '../../../../shared/db/rows.ts'
import { type Pricing, showDetails } from '../../documents/show.ts'
import type { Details } from '../../queries/details.ts'
import type { AdminProduct } from '../../shapes/admin-product.ts'
import { showAdminVariant } from '../variants/internal.ts'

export type ProductId = `prod_${string}`

export function showAdminProduct(details: Details, pricing: Pricing): AdminProduct {
  const { status, vat_rate_id, version } = details.product
  return {
    ...showDetails(details, pricing),
    status,
    vat_rate_id,
    version,
    variants: details.variants.map((variant) => showAdminVariant(variant, details.rate, pricing)),
  }
}

export const refuseTaken = onDuplicate({
  products_slug: 'A product has this slug already',
  products_ref: 'A product has this reference already',
})
