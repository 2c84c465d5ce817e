import { ok, route } from '../../../shared/http/route.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adminRotateSigningKey } from '../operations/signing-keys/admin-rotate.ts'
import { listSigningKeys } from '../operations/signing-keys/list.ts'
import type { Ctx } from '../needs.ts'
import { JsonWebKeySet, SigningKey } from '../shapes/key.ts'

/** Short, as a new key signs at once: a verifier that meets it and asks again must find it. */
const CACHED_S = 10

const jwks = route({
  operationId: 'listSigningKeys',
  method: 'get',
  path: '/auth/jwks',
  summary: 'The public keys of this shop’s access tokens (RFC 7517)',
  tags: ['Signing keys'],
  access: 'public',
  cached: CACHED_S,
  responses: { 200: ok(JsonWebKeySet, 'The keys') },
})

const rotate = route({
  operationId: 'adminRotateSigningKey',
  method: 'post',
  path: '/admin/auth/keys/rotate',
  summary: 'Sign with a new key from now on; tokens signed with the old one stay good until they expire',
  tags: ['Admin signing keys'],
  access: 'settings.update',
  idempotent: true,
  responses: { 201: ok(SigningKey, 'The new key') },
  problems: ['conflict'],
})

export const keys: Endpoints<Ctx> = (app) => {
  app.openapi(jwks, async (c) => c.json(await listSigningKeys(c.var.ctx), 200))
  app.openapi(rotate, async (c) => c.json(await adminRotateSigningKey(c.var.ctx), 201))
}
