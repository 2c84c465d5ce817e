import { send } from '../client/http.ts'
import type { Product, Shop } from './shop.ts'
import type { Reads } from './statements.ts'

const PAGE = 20
const PAGES = 100
const SEARCHES = 500
/** Of a word, and of products that have it. */
const MIN_LETTERS = 2
const MIN_FOUND = 5
const MAX_FOUND = 200

/** Reads of the catalogue as shoppers make them: any product, the newest pages, words of a product. */
export async function chooseReads(shop: Shop, products: Product[]): Promise<Reads> {
  return {
    detail: products.map((product) => product.slug),
    list: await walkPages(shop),
    search: searches(products),
  }
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

/** What people look for tells: a word that a few of the products have, not one in two. */
function searches(products: Product[]): string[] {
  const found = new Map<string, number>()
  for (const { words } of products) {
    for (const word of new Set(words)) found.set(word, (found.get(word) ?? 0) + 1)
  }
  const isTelling = (word: string) =>
    word.length >= MIN_LETTERS && found.get(word)! >= MIN_FOUND && found.get(word)! <= MAX_FOUND
  const words = products.flatMap((product) => product.words.find(isTelling) ?? []).slice(0, SEARCHES)
  if (words.length === 0) throw new Error('this catalogue has no words worth searching for')
  return words.map((q) => new URLSearchParams({ q, limit: String(PAGE) }).toString())
}
