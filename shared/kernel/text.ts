/** Of any language (UAX 15, stream-safe text). */
const MAX_MARKS = 30
const TOO_MANY_MARKS = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, 'gu')

/**
 * Text in a normal form, without what a letter has of marks beyond the 30th: bringing them in order takes quadratic
 * time, and 64 KB of them held up a process for 4 s.
 */
export const normal = (text: string, form: 'NFC' | 'NFKD' = 'NFC'): string =>
  text.replace(TOO_MANY_MARKS, '$1').normalize(form)

/** Without what nobody sees: soft hyphens, joiners, marks of direction, variation selectors, fillers. */
export const visible = (text: string): string => text.replace(/\p{Default_Ignorable_Code_Point}+/gu, '')
