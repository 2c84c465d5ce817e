import { hkdfSync, timingSafeEqual } from 'node:crypto'

/**
 * Every other secret derives from the platform secret (RFC 5869), so nothing but that one has to be kept.
 * `purpose` names the use and its version: changing the version rotates that secret alone.
 * Returns 32 bytes as base64url.
 */
export function deriveSecret(platformSecret: string, purpose: string): string {
  const key = hkdfSync('sha256', Buffer.from(platformSecret, 'base64url'), '', purpose, 32)
  return Buffer.from(key).toString('base64url')
}

/** Compares in a time that doesn't tell where the two differ. */
export function sameSecret(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

/** The key with which services of a region prove to each other for which shop they ask. */
export const internalSecret = (platformSecret: string): string => deriveSecret(platformSecret, 'internal/v1')
