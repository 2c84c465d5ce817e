import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import type { Ctx } from '../needs.ts'
import { fetchActiveKey } from '../queries.ts'

/** Changing the version means sealing every stored key again. */
const SEAL_PURPOSE = 'signing-keys/v1'
const IV_BYTES = 12
const TAG_BYTES = 16

/** Signs with the present key. Throws `unavailable` while the shop has none. */
export async function signer(ctx: Ctx): Promise<(token: SignJWT) => Promise<string>> {
  const { kid, private_key } = await fetchActiveKey(ctx.db)
  const key = await importJWK(JSON.parse(open(ctx, kid, private_key)) as JWK, 'EdDSA')
  return (token) => token.setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid }).sign(key)
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
