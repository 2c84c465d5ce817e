import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { register } from '../operations/account/register.ts'
import { logIn } from '../operations/sessions/log-in.ts'
import { logOut } from '../operations/sessions/log-out.ts'
import { refreshSession } from '../operations/sessions/refresh.ts'
import type { Ctx } from '../needs.ts'
import { Registration } from '../shapes/account.ts'
import { Credentials, Refresh, SignedIn, Tokens } from '../shapes/session.ts'

/** RFC 6749 section 5.1. */
export const NO_STORE = { 'cache-control': 'no-store' }

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
  operationId: 'logIn',
  method: 'post',
  path: '/auth/login',
  summary: 'Sign in',
  description:
    'Five wrong passwords within five minutes close an account to one network, twenty close the network, and twenty ' +
    'within a quarter of an hour close the account to networks it was never signed in to from. A device that sends ' +
    'its `device_token` is counted by itself.',
  tags,
  access: 'public',
  request: { body: json(Credentials) },
  responses: { 200: ok(SignedIn, 'A new session') },
  problems: ['invalid_credentials'],
})

const refreshing = route({
  operationId: 'refreshSession',
  method: 'post',
  path: '/auth/refresh',
  summary: 'Exchange a refresh token for new tokens',
  description:
    'A refresh token is good for one use. The same client (address and user agent) gets the same new token again ' +
    'within ten seconds: two tabs may ask at once. One that is used again otherwise ends its whole session, whoever ' +
    'holds it. ' +
    'Send no Authorization header: the access token may have expired.',
  tags,
  access: 'public',
  request: { body: json(Refresh) },
  responses: { 200: ok(Tokens, 'New tokens of the same session') },
})

const logout = route({
  operationId: 'logOut',
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
  app.openapi(
    refreshing,
    async (c) => c.json(await refreshSession(c.var.ctx, c.req.valid('json')), 200, NO_STORE),
  )
  app.openapi(logout, async (c) => {
    await logOut(c.var.ctx)
    return c.body(null, 204)
  })
}
