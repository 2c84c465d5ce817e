/**
 * Words as the full-text index holds them. InnoDB drops words under three letters and its stop words, and reads
 * operators in a query; so every word is written our way, on both sides: without case and accents, and begun with
 * `qq`, which makes `XS` and `the` words like any other.
 */
const MARK = 'qq'
/** InnoDB keeps no word longer than 84 characters. */
const MAX_WORD = 80
const MAX_QUERY_WORDS = 10
/** Of the 65,535 bytes of a TEXT. */
const MAX_BYTES = 60_000

const LETTERS: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th' }
/** Scripts written without spaces: each character is a word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/gu

/** `Crème brûlée (XS)` → `creme`, `brulee`, `xs`. */
export function wordsOf(text: string): string[] {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[ßæœøłđðþ]/g, (letter) => LETTERS[letter]!)
    .replace(/(?<=\p{L})['’](?=\p{L})/gu, ' ')
    .replace(UNSPACED, ' $& ')
    .match(/[\p{L}\p{N}]+/gu) ?? []
}

/** A code in one piece besides its parts: `AB-12` is found by `ab`, `12` and `ab12`. */
const wordsOfCode = (code: string): string[] => {
  const parts = wordsOf(code)
  return parts.length > 1 ? [...parts, parts.join('')] : parts
}

const marked = (word: string) => MARK + Array.from(word).slice(0, MAX_WORD - MARK.length).join('')

/** What a product is found by, most telling first: what doesn't fit is left out. */
export function searchText(product: { texts: (string | null)[]; codes: (string | null)[] }): string {
  const words = new Set<string>()
  for (const code of product.codes) for (const word of wordsOfCode(code ?? '')) words.add(marked(word))
  for (const text of product.texts) for (const word of wordsOf(text ?? '')) words.add(marked(word))
  let bytes = 0
  const fitting: string[] = []
  for (const word of words) {
    bytes += Buffer.byteLength(word) + 1
    if (bytes > MAX_BYTES) break
    fitting.push(word)
  }
  return fitting.join(' ')
}

/** A boolean-mode query: all words must be there, each as the beginning of one. Null: nothing to search for. */
export function searchQuery(text: string): string | null {
  const words = [...new Set(wordsOf(text).map(marked))].slice(0, MAX_QUERY_WORDS)
  return words.length > 0 ? words.map((word) => `+${word}*`).join(' ') : null
}

/** `text` for the right side of LIKE. */
export const likePattern = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
