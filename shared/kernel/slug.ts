import { createHash } from 'node:crypto'
import anyAscii from 'any-ascii'
import { normal, visible } from './text.ts'

/** Characters of the column, in code points. */
const MAX_SLUG = 255

/**
 * What tells names apart for people: case, spacing, ways of writing the same accent and what nobody sees don't;
 * accents and signs do. `C`, `C++` and `C#` are three names, `noël` and `noel` are two.
 */
export const nameKey = (name: string): string =>
  normal(visible(name).replace(/\s+/gu, ' ').trim().toLowerCase())

/**
 * A readable address, by Shopify's rule for handles: letters of any script, digits, `-` and `_`; Latin letters lose
 * their accents. Empty where nothing is left of the text, as of emoji; cut, with an end of its own, where it is long.
 */
export function slug(text: string): string {
  const made = normal(visible(text), 'NFKD')
    .replace(/(?<=\p{Script=Latin})\p{M}+|\p{Me}+/gu, '')
    .replace(/(?![A-Za-z])\p{Script=Latin}/gu, anyAscii)
    .normalize('NFC')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{M}\p{N}_]+/gu, '-')
    .replace(/(?<=^|-)[\p{M}-]+/gu, '')
    .replace(/-$/, '')
  return Array.from(made).length > MAX_SLUG ? withEnd(made, digest(text)) : made
}

/**
 * The same for what only takes a-z and digits, as host names and ids: letters of any script become Latin ones, `Яндекс`
 * `yandeks` and `小米` `xiaomi`. Cut at `max` characters; empty where nothing is left.
 */
export const latinSlug = (text: string, max: number): string =>
  anyAscii(visible(text)).toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-/, '').slice(0, max).replace(
    /-$/,
    '',
  )

/**
 * The slugs that a name may have, the most readable first. The second one is its own in the place that `parent` names
 * (of a category, its parent's id), and always the same; the last one is that of `id`, for where a row of another
 * name has kept the others.
 */
export function slugsOf(name: string, parent: string | null, id: string): string[] {
  const made = slug(name)
  const own = Buffer.from(nameDigest(name, parent)).toString('hex').slice(0, 8)
  const slugs = made === '' ? [own] : [made, withEnd(made, own)]
  return [...slugs, withEnd(slugs[0]!, id.slice(-8))]
}

/** `shirt` and `7f3a9c01` make `shirt-7f3a9c01`, within the length of a slug. */
export function withEnd(made: string, end: string): string {
  const begin = Array.from(made).slice(0, MAX_SLUG - 1 - end.length).join('').replace(/-$/, '')
  return `${begin}-${end}`
}

/** A readable name from a handle: `blue-shirt` → `Blue shirt`. */
export function nameFromSlug(handle: string): string {
  const words = handle.replace(/[-_]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What a unique index compares of a name, in the place that `parent` names (of a category, its parent's id). */
export const nameDigest = (name: string, parent: string | null = null): Uint8Array =>
  createHash('sha256').update(`${parent ?? ''} ${nameKey(name)}`).digest()

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8)
