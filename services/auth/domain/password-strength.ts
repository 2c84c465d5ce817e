export const PASSWORD_MIN_CHARS = 8
/** NIST SP 800-63B-4, section 3.1.1: a password that is the only factor. Asked of whoever may do something in a shop. */
export const STAFF_PASSWORD_MIN_CHARS = 15
/** More adds nothing to a password but work. */
export const PASSWORD_MAX_CHARS = 128

/** What a password has to be worth: about a thousand million guesses. Lower-case letters at random count 1 each. */
const MIN_WORTH = 6
const WORTH = { word: 3, ownWord: 1, run: 1.5, repetition: 1, year: 1, disguise: 0.5, digit: 0.6, other: 1 }

const MIN_WORD = 4
const MAX_WORD = 20
const MAX_PERIOD = 16
const MIN_RUN = 3
/** Rows of the keyboards in use where we sell, and back. */
const ROWS = [
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  'qwertzuiop',
  'yxcvbnm',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
  '1234567890',
  '!@#$%^&*()',
].flatMap((row) => [row, [...row].reverse().join('')])
const LETTER_OF: Record<string, string> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  '$': 's',
  '|': 'l',
}

export type Expectations = {
  minChars: number
  /** Common passwords, lower case. */
  common: ReadonlySet<string>
  /** What anybody knows of this person and shop: names, addresses. */
  ownWords: readonly string[]
}

/** Everything that is wrong with the length and the characters of a new password; cheap whatever comes. */
export function shapeFaults(password: string): string[] {
  if (/\p{Cs}/u.test(password)) return ['must be text']
  const chars = [...password].length
  return [
    ...(chars < PASSWORD_MIN_CHARS ? [tooShort(PASSWORD_MIN_CHARS)] : []),
    ...(chars > PASSWORD_MAX_CHARS ? [`must have at most ${PASSWORD_MAX_CHARS} characters`] : []),
    ...(/\p{Cc}/u.test(password) ? ['must have no control characters'] : []),
  ]
}

/**
 * Everything that is wrong with a new password (NFC) of a known person; empty when it may be used. No classes of
 * characters are asked for: they are known to make passwords like `Password1!`, and to refuse good ones.
 */
export function passwordFaults(password: string, expected: Expectations): string[] {
  const faults = shapeFaults(password)
  if (faults.length > 0) return faults
  if ([...password].length < expected.minChars) return [tooShort(expected.minChars)]
  return worthOf(password, expected) < MIN_WORTH
    ? ['is too easy to guess: common words, names, dates, repetitions and sequences count for little']
    : []
}

const tooShort = (min: number) => `must have at least ${min} characters`

/**
 * The cheapest way to put a password together out of what guessers try first: common passwords, the person's own words,
 * sequences, keyboard rows, years and repetitions; characters otherwise. At most 128 characters take under 3 ms.
 */
export function worthOf(password: string, { common, ownWords }: Omit<Expectations, 'minChars'>): number {
  const chars = [...password.toLowerCase()]
  const own = new Set(ownWords.map((word) => word.toLowerCase()).filter((word) => word.length >= MIN_RUN))
  const longest = Math.max(MAX_WORD, ...[...own].map((word) => [...word].length))
  const readings = [chars, undisguised(chars, 'i'), undisguised(chars, 'l')]
  const cheapest = [0, ...Array<number>(chars.length).fill(Infinity)]
  for (let start = 0; start < chars.length; start++) {
    const reach = (end: number, worth: number) => {
      cheapest[end] = Math.min(cheapest[end]!, cheapest[start]! + worth)
    }
    reach(start + 1, /\d/.test(chars[start]!) ? WORTH.digit : WORTH.other)
    for (const reading of readings) {
      const disguise = reading === chars ? 0 : WORTH.disguise
      let word = ''
      for (let end = start; end < Math.min(chars.length, start + longest); end++) {
        word += reading[end]
        if (own.has(word)) reach(end + 1, WORTH.ownWord + disguise)
        const length = end + 1 - start
        if (length >= MIN_WORD && length <= MAX_WORD && common.has(word)) {
          reach(end + 1, WORTH.word + disguise)
        }
      }
    }
    for (const end of runsFrom(chars, start)) reach(end, WORTH.run)
    if (/^(?:19|20)\d\d$/.test(chars.slice(start, start + 4).join(''))) reach(start + 4, WORTH.year)
    for (const end of repetitionsAt(chars, start)) reach(end, WORTH.repetition)
  }
  return cheapest[chars.length]!
}

/** `p@ssw0rd` as `password`, `contraseña` as `contrasena`; `1` and `!` stand for either of two letters. */
const undisguised = (chars: string[], one: string): string[] =>
  chars.map((char) =>
    char === '1' || char === '!' ? one : LETTER_OF[char] ?? char.normalize('NFD').replace(/\p{M}+/gu, '')
  )

/** Ends of what goes on as it began: `abcd`, `4321`, `aaaa`, `qwertz`. */
function runsFrom(chars: string[], start: number): number[] {
  const ends: number[] = []
  const step = (at: number) => (chars[at]?.codePointAt(0) ?? NaN) - chars[at - 1]!.codePointAt(0)!
  const first = step(start + 1)
  if (Math.abs(first) <= 1) {
    for (let end = start + 2; end <= chars.length && step(end - 1) === first; end++) {
      if (end - start >= MIN_RUN) ends.push(end)
    }
  }
  for (const row of ROWS) {
    let at = row.indexOf(chars[start]!)
    if (at < 0) continue
    let end = start
    while (end < chars.length && row[at] === chars[end]) [at, end] = [at + 1, end + 1]
    if (end - start >= MIN_RUN) ends.push(end)
  }
  return ends
}

/** Ends of what repeats the characters just before `start`, however often: `hunter2` + `hunter2`. */
function repetitionsAt(chars: string[], start: number): number[] {
  const ends: number[] = []
  for (let period = 1; period <= Math.min(MAX_PERIOD, start); period++) {
    let end = start
    while (end < chars.length && chars[end] === chars[end - period]) end++
    if (end - start >= Math.max(period, MIN_RUN - 1)) ends.push(end)
  }
  return ends
}
