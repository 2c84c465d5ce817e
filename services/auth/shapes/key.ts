import { z } from '@hono/zod-openapi'
import { Id, Instant } from '../../../shared/http/schemas.ts'

/** RFC 7517, RFC 8037. */
export const JsonWebKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().openapi({ example: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }),
  kid: Id('key'),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
}).openapi('JsonWebKey')
export type JsonWebKey = z.infer<typeof JsonWebKey>

export const JsonWebKeySet = z.object({ keys: z.array(JsonWebKey) }).openapi('JsonWebKeySet')
export type JsonWebKeySet = z.infer<typeof JsonWebKeySet>

export const SigningKey = z.object({ kid: Id('key'), activated_at: Instant }).openapi('SigningKey')
export type SigningKey = z.infer<typeof SigningKey>
