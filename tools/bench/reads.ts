import { send } from '../client/http.ts'
import type { Product, Shop } from './shop.ts'
import type { Reads } from './statements.ts'

const PAGE = 20
const PAGES = 100
const SEARCHES = 500

/** Reads of the catalogue as shoppers make them: any product, the newest pages, words of a product's name. */
export async function chooseReads(shop: Shop, products: Product[]): Promise<Reads> {
  return { detail: products.map((product) => product.slug), list: await walkPages(shop), search: searches(products) }
}

export const pathsOf = (reads: Reads): Record<keyof Reads, string[]> => ({
  detail: reads.detail.map((slug) => `/v1/products/${slug}`),
  list: reads.list.map((query) => `/v1/products?${query}`),
  search: reads.search.map((query) => `/v1/products/search?${query}`),
})

async function walkPages(shop: Shop): Promise<string[]> {
  const queries: string[] = []
  let cursor: string | null = ''
  while (cursor !== null && queries.length < PAGES) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor && { cursor }) }).toString()
    queries.push(query)
    const { status, body, text } = await send({
      url: `http://127.0.0.1:${shop.port}`,
      path: `/v1/products?${query}`,
      headers: await shop.headers(),
    })
    if (status !== 200) throw new Error(`the list answered ${status}: ${text.slice(0, 500)}`)
    cursor = body.next_cursor
  }
  return queries
}

/** One word and two words by turns. */
function searches(products: Product[]): string[] {
  const wordsOf = (name: string) => name.match(/[\p{L}\p{N}]{3,}/gu) ?? []
  return products.slice(0, SEARCHES)
    .map(({ name }, i) => wordsOf(name).slice(0, 1 + i % 2).join(' '))
    .filter((q) => q.length > 0)
    .map((q) => new URLSearchParams({ q, limit: String(PAGE) }).toString())
}
