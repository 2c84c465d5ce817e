import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { isNotNull } from 'drizzle-orm'
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { isDuplicate } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { after, RETIRED_KEY_PUBLISHED_MS } from '../domain/lifetimes.ts'
import type { Ctx } from '../needs.ts'
import { fetchActiveKey, findPublishedKeys } from '../queries.ts'
import { signingKeys } from '../schema.ts'
import type { JsonWebKeySet, SigningKey } from '../shapes/key.ts'

/** Changing the version means sealing every stored key again. */
const SEAL_PURPOSE = 'signing-keys/v1'
const IV_BYTES = 12
const TAG_BYTES = 16

/** Everything a token of this shop may be verified with: the key that signs, and those that did until lately. */
export async function publishedKeys(ctx: Ctx): Promise<JsonWebKeySet> {
  const keys = await findPublishedKeys(ctx.db, after(ctx.now(), -RETIRED_KEY_PUBLISHED_MS))
  return { keys: keys as JsonWebKeySet['keys'] }
}

/** Signs with the present key. Throws `unavailable` while the shop has none. */
export async function signer(ctx: Ctx): Promise<(token: SignJWT) => Promise<string>> {
  const { kid, private_key } = await fetchActiveKey(ctx.db)
  const key = await importJWK(JSON.parse(open(ctx, kid, private_key)) as JWK, 'EdDSA')
  return (token) => token.setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid }).sign(key)
}

/** A new key signs from now on; the old one only verifies. Throws `conflict` while another rotation is under way. */
export async function rotateSigningKey(ctx: Ctx): Promise<SigningKey> {
  const key = await newSigningKey(ctx)
  await ctx.transaction(async (tx) => {
    await tx.update(signingKeys).set({ is_active: null, private_key: null, retired_at: ctx.now() })
      .where(isNotNull(signingKeys.is_active))
    await tx.insert(signingKeys).values(key).catch((error) => {
      throw isDuplicate(error) ? new Problem('conflict', 'Another rotation is under way') : error
    })
    tx.audit('signing_key.rotated', key.kid)
  })
  ctx.broadcast('sessions', ctx.tenant.id)
  return { kid: key.kid, activated_at: key.activated_at.toISOString() }
}

/** Not yet stored. */
export async function newSigningKey(ctx: Ctx) {
  const kid = ctx.newId('key')
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  return {
    kid,
    public_jwk: { ...await exportJWK(publicKey), kid, alg: 'EdDSA', use: 'sig' },
    private_key: seal(ctx, kid, JSON.stringify(await exportJWK(privateKey))),
    is_active: true,
    created_at: ctx.now(),
    activated_at: ctx.now(),
  }
}

/** Base64url of IV, tag and AES-256-GCM ciphertext. Bound to its shop by the secret, to its row by the key id. */
function seal(ctx: Ctx, kid: string, text: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', sealKey(ctx), iv).setAAD(Buffer.from(kid))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
}

function open(ctx: Ctx, kid: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', sealKey(ctx), bytes.subarray(0, IV_BYTES))
    .setAAD(Buffer.from(kid)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
    'utf8',
  )
}

const sealKey = (ctx: Ctx) => Buffer.from(ctx.secret(SEAL_PURPOSE), 'base64url')
