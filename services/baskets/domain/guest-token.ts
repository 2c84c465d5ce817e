import { createHash, randomBytes } from 'node:crypto'

/** What a guest holds instead of an account: 256 random bits. Only its hash is kept. */
export const newGuestToken = (): string => randomBytes(32).toString('base64url')

/** Whether a text may have been given out as one. */
export const isGuestToken = (text: string): boolean => /^[\w-]{43}$/.test(text)

/** Undefined for a text that was never a token: then nobody holds anything by it. */
export function hashOfToken(token: string | undefined): Uint8Array | undefined {
  if (token === undefined || !isGuestToken(token)) return undefined
  return createHash('sha256').update(token).digest()
}
