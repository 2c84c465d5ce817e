import type { Connection, RowDataPacket } from 'mysql2/promise'
import { searchQuery } from '../../services/products/domain/search.ts'
import { send } from '../client/http.ts'
import type { Document } from './floor-tables.ts'
import type { Product, Shop } from './shop.ts'

const PAGE = 20
const PAGES = 100
const SEARCHES = 500
/** Of a word, and of products that have it. */
const MIN_LETTERS = 2
const MIN_FOUND = 5
const MAX_FOUND = 200
/** The longest page that shoppers may ask for. */
const LONGEST_PAGE = 50
const FETCH_AT_ONCE = 16

/** What is asked of the catalogue, as paths of the region and of the floor: the n-th of both mean the same. */
export type Reads = Record<'detail' | 'list' | 'search', { region: string[]; floor: string[] }>

/** Reads of the catalogue as shoppers make them: any product, the newest pages, words of a product. */
export async function chooseReads(shop: Shop, products: Product[]): Promise<Reads> {
  const pages = await walkPages(shop, PAGE, PAGES)
  const words = searches(products)
  return {
    detail: {
      region: products.map(({ slug }) => `/v1/products/${slug}`),
      floor: products.map(({ slug }) => `/documents/${slug}`),
    },
    list: {
      region: pages.map(({ path }) => path),
      floor: pages.map((_, n) => `/cards?from=${n * PAGE}`),
    },
    search: {
      region: words.map((q) => `/v1/products/search?${new URLSearchParams({ q, limit: String(PAGE) })}`),
      floor: words.map((q) => `/cards/search?${new URLSearchParams({ q: searchQuery(q)! })}`),
    },
  }
}

/** What the region answers for each product, in the order of its list: what the floor keeps ready is as large. */
export async function readDocuments(connection: Connection, shop: Shop): Promise<Document[]> {
  const cards = (await walkPages(shop, LONGEST_PAGE, Infinity)).flatMap((page) => page.cards)
  const [rows] = await connection.query<RowDataPacket[]>('SELECT slug, search_text FROM ??.products', [
    shop.database('products'),
  ])
  const words = new Map(rows.map(({ slug, search_text }) => [slug, search_text]))
  const documents: Document[] = []
  let next = 0
  await Promise.all(Array.from({ length: FETCH_AT_ONCE }, async () => {
    while (next < cards.length) {
      const n = next++
      const card = cards[n]!
      const { text, headers } = await get(shop, `/v1/products/${card.slug}`)
      documents[n] = {
        slug: card.slug,
        detail: text,
        etag: headers.etag ?? '',
        card: JSON.stringify(card),
        words: words.get(card.slug),
      }
    }
  }))
  return documents
}

type Page = { path: string; cards: { slug: string }[] }

async function walkPages(shop: Shop, size: number, count: number): Promise<Page[]> {
  const pages: Page[] = []
  let cursor: string | null = ''
  while (cursor !== null && pages.length < count) {
    const query = new URLSearchParams({ limit: String(size), ...(cursor && { cursor }) })
    const path = `/v1/products?${query}`
    const { body } = await get(shop, path)
    pages.push({ path, cards: body.data })
    cursor = body.next_cursor
  }
  return pages
}

async function get(shop: Shop, path: string) {
  const answer = await send({ url: `http://127.0.0.1:${shop.port}`, path, headers: await shop.headers() })
  if (answer.status !== 200) {
    throw new Error(`${path} answered ${answer.status}: ${answer.text.slice(0, 500)}`)
  }
  return answer
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
  return words
}
