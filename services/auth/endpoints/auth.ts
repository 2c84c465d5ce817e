import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { logIn } from '../operations/log-in.ts'
import { refresh } from '../operations/refresh.ts'
import { register } from '../operations/register.ts'
import { logOut } from '../operations/sessions.ts'
import type { Ctx } from '../needs.ts'
import { Registration } from '../shapes/account.ts'
import { Credentials, Refresh, SignedIn } from '../shapes/session.ts'

// None of these takes an Idempotency-Key: their answers hold tokens, which must not be kept to be replayed.
const tags = ['Sign-in']

const registering = route({
  operationId: 'register',
  method: 'post',
  path: '/auth/register',
  summary: 'Open a customer account and sign in',
  tags,
  access: 'public',
  request: { body: json(Registration) },
  responses: { 201: ok(SignedIn, 'The account and its first session') },
  problems: ['already_exists'],
})

const login = route({
  operationId: 'login',
  method: 'post',
  path: '/auth/login',
  summary: 'Sign in',
  description:
    'Five wrong passwords within five minutes close an address, twenty a network, for the rest of them.',
  tags,
  access: 'public',
  request: { body: json(Credentials) },
  responses: { 200: ok(SignedIn, 'A new session') },
  problems: ['invalid_credentials'],
})

const refreshing = route({
  operationId: 'refreshTokens',
  method: 'post',
  path: '/auth/refresh',
  summary: 'Exchange a refresh token for new tokens',
  description:
    'A refresh token is good for one use. One that is used again ends its whole session, whoever holds it: ' +
    'wait for the answer before asking again, and send no second request with the same token. ' +
    'Send no Authorization header: the access token may have expired.',
  tags,
  access: 'public',
  request: { body: json(Refresh) },
  responses: { 200: ok(SignedIn, 'New tokens of the same session') },
})

const logout = route({
  operationId: 'logout',
  method: 'post',
  path: '/auth/logout',
  summary: 'End the session of this request',
  tags,
  access: 'customer',
  responses: { 204: noContent },
})

export const auth: Endpoints<Ctx> = (app) => {
  app.openapi(registering, async (c) => c.json(await register(c.var.ctx, c.req.valid('json')), 201, NO_STORE))
  app.openapi(login, async (c) => c.json(await logIn(c.var.ctx, c.req.valid('json')), 200, NO_STORE))
  app.openapi(refreshing, async (c) => c.json(await refresh(c.var.ctx, c.req.valid('json')), 200, NO_STORE))
  app.openapi(logout, async (c) => {
    await logOut(c.var.ctx)
    return c.body(null, 204)
  })
}

/** RFC 6749 section 5.1. */
const NO_STORE = { 'cache-control': 'no-store' }
