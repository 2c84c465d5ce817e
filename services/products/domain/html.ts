import sanitizeHtml from 'sanitize-html'
import { normal } from '../../../shared/kernel/text.ts'

const OPTIONS: sanitizeHtml.IOptions = {
  allowedTags: [
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'p',
    'br',
    'hr',
    'div',
    'span',
    'blockquote',
    'pre',
    'code',
    'ul',
    'ol',
    'li',
    'dl',
    'dt',
    'dd',
    'strong',
    'b',
    'em',
    'i',
    'u',
    's',
    'sub',
    'sup',
    'small',
    'a',
    'img',
    'figure',
    'figcaption',
    'table',
    'caption',
    'thead',
    'tbody',
    'tfoot',
    'tr',
    'th',
    'td',
  ],
  allowedAttributes: {
    // A description of several languages, or one written from right to left, is not readable without them.
    '*': ['dir', 'lang'],
    a: ['href', 'title', 'rel'],
    img: ['src', 'alt', 'title', 'width', 'height', 'loading'],
    th: ['colspan', 'rowspan', 'scope'],
    td: ['colspan', 'rowspan'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowedSchemesByTag: { img: ['http', 'https'] },
  transformTags: {
    h1: 'h2',
    a: sanitizeHtml.simpleTransform('a', { rel: 'noopener nofollow' }),
  },
  nestingLimit: 50,
}

/** Written as they are or as references (`&#7;`): nothing that HTML may hold. */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g

/**
 * A merchant's description, safe to put into a page: no script, style, frame, form, event handler or control
 * character is left.
 */
export function safeHtml(html: string): string {
  // Before: a mark that follows a tag would take its `>` away with it.
  const safe = sanitizeHtml(normal(html), OPTIONS)
  const bare = safe.replace(CONTROLS, '')
  // What was taken out may have held the halves of something else apart, as of `java&#x7f;script:`.
  return bare === safe ? safe.trim() : safeHtml(bare)
}

/** Tags within a line: `H<sub>2</sub>O` is one word. */
const INLINE = /<\/?(?:a|b|strong|em|i|u|s|sub|sup|small|span|code)(?:\s[^>]*)?>/g

/** Its words, for searching. */
export const plainText = (html: string): string =>
  html.replace(INLINE, '').replace(/<[^>]*>/g, ' ').replace(/&(amp|lt|gt|quot|nbsp|#39);/g, ' ')
