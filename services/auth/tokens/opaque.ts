import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { DEVICE_TOKEN_MS } from '../domain/lifetimes.ts'
import type { Ctx } from '../needs.ts'
import type { UserId } from '../queries.ts'

/** 256 bits, as its owner keeps it. */
export const newToken = (): string => randomBytes(32).toString('base64url')
/** As the database keeps it. Nothing to guess, so nothing slower is needed. */
export const hashToken = (token: string): Uint8Array => createHash('sha256').update(token).digest()

/**
 * The token that follows a refresh token: the same however often it is asked for, though only hashes are stored. So a
 * client that asks twice gets one chain of tokens, in which a stolen one still shows.
 */
export const successorOf = (ctx: Ctx, token: string): string => mac(ctx, 'refresh-tokens/v1', token)

/** Whoever presents a token: two requests of one browser are one client. */
export const clientOf = ({ origin }: Ctx): Uint8Array =>
  createHash('sha256').update(`${origin.ip ?? ''}\n${origin.userAgent ?? ''}`).digest()

/**
 * Proof that an account was signed in to from this device before: it keeps a way in while strangers are shut out
 * (OWASP, device cookies). No proof of anything else. Stateless: `<device>.<seconds of issue>.<signature>`.
 */
export function deviceToken(ctx: Ctx, user: UserId, device = randomBytes(16).toString('base64url')): string {
  const issued = Math.floor(ctx.now().getTime() / 1000)
  return `${device}.${issued}.${signDevice(ctx, user, device, issued)}`
}

/** The device that a token names; undefined for one of another account, shop or time, or for none. */
export function deviceOf(ctx: Ctx, user: UserId, token: string | undefined): string | undefined {
  const [device, issued, signature] = token?.split('.') ?? []
  if (!device || !issued || !signature) return undefined
  if (ctx.now().getTime() - Number(issued) * 1000 > DEVICE_TOKEN_MS) return undefined
  const [given, right] = [signature, signDevice(ctx, user, device, Number(issued))].map((each) =>
    Buffer.from(each)
  )
  return given!.length === right!.length && timingSafeEqual(given!, right!) ? device : undefined
}

const signDevice = (ctx: Ctx, user: UserId, device: string, issued: number) =>
  mac(ctx, 'devices/v1', `${user}.${device}.${issued}`)

const mac = (ctx: Ctx, purpose: string, text: string): string =>
  createHmac('sha256', Buffer.from(ctx.secret(purpose), 'base64url')).update(text).digest('base64url')
