import { plainText } from './html.ts'
import { searchText } from './search.ts'

/** What a product row keeps of its variants and texts. */
export type Derived = {
  price_min: number | null
  price_max: number | null
  on_sale: boolean
  search_text: string
}

type Source = {
  name: string
  ref: string
  slug: string
  short_description: string | null
  description: string | null
  product_type: string | null
  brand: string | null
  tags: string[]
  variants: {
    price: number | null
    compare_at_price: number | null
    sku: string | null
    barcode: string | null
    option_values: string[]
  }[]
}

/** The one place where price range, sale mark and search words come from. Throws for a price beyond what a number holds. */
export function derive(product: Source): Derived {
  const { variants } = product
  let min: number | null = null
  let max: number | null = null
  for (const { price } of variants) {
    if (price === null) continue
    if (!Number.isSafeInteger(price)) throw new RangeError('a price is beyond what a number holds')
    min = min === null ? price : Math.min(min, price)
    max = max === null ? price : Math.max(max, price)
  }
  return {
    price_min: min,
    price_max: max,
    on_sale: variants.some(isReduced),
    search_text: searchText({
      codes: [product.ref, ...variants.flatMap(({ sku, barcode }) => [sku, barcode])],
      texts: [
        product.name,
        product.brand,
        product.product_type,
        ...product.tags,
        ...variants.flatMap((variant) => variant.option_values),
        product.short_description,
        product.description && plainText(product.description),
      ],
    }),
  }
}

const isReduced = ({ price, compare_at_price }: { price: number | null; compare_at_price: number | null }) =>
  price !== null && compare_at_price !== null && compare_at_price > price
