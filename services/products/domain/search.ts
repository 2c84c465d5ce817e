import { normal, visible } from '../../../shared/kernel/text.ts'

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

/** Of a name written with joiners, such as `rock-’n’-roll`: longer ones are lists of words. */
const MAX_PARTS = 4

const LETTERS: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th' }
/** Marks that people leave out when they search: accents, and Arabic and Hebrew points. Those of kana are letters. */
const ACCENTS = /(?=\p{M})(?![\u3099\u309a])[\p{Script=Inherited}\p{Script=Arabic}\p{Script=Hebrew}]/gu
/** Scripts written without spaces: each character, with its marks, is a word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*/gu
/** Words, joined by what some write between them and others don't: `T-shirt`, `Levi’s`, `H&M`. */
const JOINED = /[\p{L}\p{M}\p{N}]+(?:[-‐.&_'’+][\p{L}\p{M}\p{N}]+)*/gu
const WORD = /[\p{L}\p{M}\p{N}]+/gu

/** Texts that people take for the same are the same: without case, accents, ligatures and what nobody sees. */
const folded = (text: string): string =>
  normal(visible(text), 'NFKD')
    .replace(ACCENTS, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[ßæœøłđðþ]/g, (letter) => LETTERS[letter]!)
    .replace(UNSPACED, ' $& ')

/** `Crème brûlée (XS)` → `creme`, `brulee`, `xs`. */
export const wordsOf = (text: string): string[] => folded(text).match(WORD) ?? []

/** The words of each name in the text: `My T-shirt` → `[my]`, `[t, shirt]`. Numbers are not joined: `1.5` is not 15. */
const namesOf = (text: string): string[][] =>
  (folded(text).match(JOINED) ?? []).flatMap((name) => {
    const parts = name.match(WORD)!
    return parts.length > MAX_PARTS || !parts.some((part) => /\p{L}/u.test(part))
      ? parts.map((part) => [part])
      : [parts]
  })

/** A name in one piece besides its parts: `AB-12` is found by `ab`, `12` and `ab12`. */
const withWhole = (parts: string[]): string[] => parts.length > 1 ? [...parts, parts.join('')] : parts

const marked = (word: string) => MARK + Array.from(word).slice(0, MAX_WORD - MARK.length).join('')

/** What a product is found by, most telling first: what doesn't fit is left out. */
export function searchText(product: { texts: (string | null)[]; codes: (string | null)[] }): string {
  const words = new Set<string>()
  for (const code of product.codes) for (const word of withWhole(wordsOf(code ?? ''))) words.add(marked(word))
  for (const text of product.texts) {
    for (const word of namesOf(text ?? '').flatMap(withWhole)) words.add(marked(word))
  }
  let bytes = 0
  const fitting: string[] = []
  for (const word of words) {
    bytes += Buffer.byteLength(word) + 1
    if (bytes > MAX_BYTES) break
    fitting.push(word)
  }
  return fitting.join(' ')
}

/**
 * A boolean-mode query: all words must be there, each as the beginning of one; of a joined name its parts, or the
 * whole in one piece. Null: nothing to search for.
 */
export function searchQuery(text: string): string | null {
  const begin = (word: string) => `${marked(word)}*`
  const terms = namesOf(text).map((parts) =>
    parts.length === 1
      ? `+${begin(parts[0]!)}`
      : `+(${begin(parts.join(''))} (${parts.map((part) => `+${begin(part)}`).join(' ')}))`
  )
  return terms.length > 0 ? [...new Set(terms)].slice(0, MAX_QUERY_WORDS).join(' ') : null
}

/** A single character that says something: of a script whose words it can be, as the Korean for clothes is. */
export const isWordByItself = (text: string): boolean =>
  text.search(UNSPACED) >= 0 || /\p{Script=Hangul}/u.test(text)

/** `text` for the right side of LIKE. */
export const likePattern = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
