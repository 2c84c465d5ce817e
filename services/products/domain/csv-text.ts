const UTF8_BOM = '\uFEFF'

export type DecodedText = { text: string; guessed: boolean }

const decode = (bytes: Uint8Array, encoding: string, fatal = false) =>
  new TextDecoder(encoding, { fatal }).decode(bytes)

/** UTF-16 text of mostly Latin letters has its zero bytes on one side only: which one tells the byte order. */
function utf16WithoutMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const sample = bytes.subarray(0, 400)
  const zeros = (parity: number) => sample.filter((byte, index) => byte === 0 && index % 2 === parity).length
  const [even, odd] = [zeros(0), zeros(1)]
  if (odd > sample.length / 4 && even === 0) return 'utf-16le'
  if (even > sample.length / 4 && odd === 0) return 'utf-16be'
  return null
}

function decodeBytes(bytes: Uint8Array): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: decode(bytes, 'utf-16le'), guessed: false }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { text: decode(bytes, 'utf-16be'), guessed: false }
  const wide = utf16WithoutMark(bytes)
  if (wide) return { text: decode(bytes, wide), guessed: false }
  try {
    return { text: decode(bytes, 'utf-8', true), guessed: false }
  } catch {
    // Excel's plain "CSV" is written in the machine's code page, in western Europe Windows-1252.
    return { text: decode(bytes, 'windows-1252'), guessed: true }
  }
}

/**
 * Text of a file with `\n` line ends only: one file may mix them (Excel writes CRLF between lines and LF within
 * cells), and csv-parse counts a CRLF within quotes as two lines.
 */
export function decodeText(input: string | Uint8Array): DecodedText {
  const { text, guessed } = typeof input === 'string' ? { text: input, guessed: false } : decodeBytes(input)
  const unmarked = text.startsWith(UTF8_BOM) ? text.slice(1) : text
  return { text: unmarked.replace(/\r\n?/g, '\n'), guessed }
}
