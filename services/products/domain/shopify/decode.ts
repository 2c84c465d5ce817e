import { isUtf8 } from 'node:buffer'

export type Decoded = {
  /** UTF-8 with `\n` line ends only, without a byte order mark. */
  bytes: Uint8Array
  /** Not said by the file nor its sender, and not UTF-8: Windows-1252 was taken. */
  isGuessed: boolean
  /** Some bytes were no text: U+FFFD stands for them. */
  hasReplaced: boolean
}

const CHUNK = 64 * 1024
const LINE_FEED = 10
const RETURN = 13

/** Whether `charset` names an encoding that can be read. */
export function isEncoding(charset: string): boolean {
  try {
    return new TextDecoder(charset).encoding !== ''
  } catch {
    return false
  }
}

/**
 * A file as its readers want it. Its encoding is what its byte order mark says, else what its sender said, else what
 * its bytes look like. Reuses `bytes` where they are UTF-8 already, and never holds more than the result besides.
 */
export function decodeFile(bytes: Uint8Array, charset: string | null): Decoded {
  const { encoding, isGuessed } = encodingOf(bytes, charset)
  const isClean = encoding === 'utf-8' && isUtf8(bytes)
  const text = isClean ? bytes : transcode(bytes, encoding)
  const unmarked = text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? text.subarray(3) : text
  return { bytes: withLineFeeds(unmarked), isGuessed, hasReplaced: encoding === 'utf-8' && !isClean }
}

function encodingOf(bytes: Uint8Array, charset: string | null): { encoding: string; isGuessed: boolean } {
  const sure = (encoding: string) => ({ encoding, isGuessed: false })
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return sure('utf-16le')
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return sure('utf-16be')
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return sure('utf-8')
  if (charset) return sure(new TextDecoder(charset).encoding)
  const wide = utf16WithoutMark(bytes)
  if (wide) return sure(wide)
  // Excel's plain "CSV" is written in the machine's code page, in western Europe Windows-1252.
  return isUtf8(bytes) || isMostlyUtf8(bytes) ? sure('utf-8') : { encoding: 'windows-1252', isGuessed: true }
}

/** UTF-16 text of mostly Latin letters has its zero bytes on one side only: which one tells the byte order. */
function utf16WithoutMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const sample = bytes.subarray(0, 400)
  const zeros = (parity: number) => sample.filter((byte, index) => byte === 0 && index % 2 === parity).length
  const [even, odd] = [zeros(0), zeros(1)]
  if (odd > sample.length / 4 && even === 0) return 'utf-16le'
  if (even > sample.length / 4 && odd === 0) return 'utf-16be'
  return null
}

/** More of its letters beyond ASCII are right than wrong: text of another encoding hardly ever makes a right one. */
function isMostlyUtf8(bytes: Uint8Array): boolean {
  let right = 0
  let wrong = 0
  for (const text of textOf(bytes, 'utf-8')) {
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      if (unit === 0xfffd) wrong++
      else if (unit > 0x7f) right++
    }
  }
  return right > wrong
}

function* textOf(bytes: Uint8Array, encoding: string): Generator<string> {
  const decoder = new TextDecoder(encoding)
  for (let at = 0; at < bytes.length; at += CHUNK) {
    yield decoder.decode(bytes.subarray(at, at + CHUNK), { stream: true })
  }
  yield decoder.decode()
}

function transcode(bytes: Uint8Array, encoding: string): Uint8Array {
  const encoder = new TextEncoder()
  let length = 0
  for (const text of textOf(bytes, encoding)) length += Buffer.byteLength(text)
  const made = new Uint8Array(length)
  let at = 0
  for (const text of textOf(bytes, encoding)) at += encoder.encodeInto(text, made.subarray(at)).written
  return made
}

/** One file may mix line ends: Excel writes CRLF between lines and LF within cells. In place. */
function withLineFeeds(bytes: Uint8Array): Uint8Array {
  const first = bytes.indexOf(RETURN)
  if (first === -1) return bytes
  let to = first
  for (let at = first; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte !== RETURN) bytes[to++] = byte
    else if (bytes[at + 1] !== LINE_FEED) bytes[to++] = LINE_FEED
  }
  return bytes.subarray(0, to)
}
