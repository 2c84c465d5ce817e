/** Of any language (UAX 15, stream-safe text). */
const MAX_MARKS = 30
const TOO_MANY_MARKS = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, 'gu')

/**
 * Text in a normal form, without what a letter has of marks beyond the 30th: bringing them in order takes quadratic
 * time, and 64 KB of them held up a process for 4 s.
 */
export const normal = (text: string, form: 'NFC' | 'NFKD' = 'NFC'): string =>
  text.replace(TOO_MANY_MARKS, '$1').normalize(form)

/** For comparing: without what nobody sees, soft hyphens, joiners, marks of direction, variation selectors, fillers. */
export const visible = (text: string): string => text.replace(/\p{Default_Ignorable_Code_Point}+/gu, '')

/**
 * What nobody sees and nobody means: spaces without width, byte order marks, soft hyphens, and marks that turn the
 * direction of what follows. The joiners of Persian, Indic scripts and emoji stay.
 */
const INVISIBLE = /[\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\u202a-\u202e\u2066-\u2069]/g

/** As texts are stored, one for what looks the same: composed (NFC), without what nobody sees. */
export const plain = (text: string): string => normal(text).replace(INVISIBLE, '')
