import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import type { Visit } from './visit.ts'

/** The region sends its own policy with the pages it serves. */
export const security = secureHeaders({
  contentSecurityPolicy: { defaultSrc: [`'none'`], frameAncestors: [`'none'`] },
  strictTransportSecurity: 'max-age=31536000',
  xFrameOptions: 'DENY',
  overwrite: false,
})

/** Only pages of the shop's own domain may read its answers. A preflight ends here. */
export const browsers = cors({
  origin: (origin, c) => isOwn(origin, (c.get('visit') as Visit).host) ? origin : null,
  credentials: true,
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: [
    'authorization',
    'content-type',
    'idempotency-key',
    'if-match',
    'if-none-match',
    'basket-token',
    'x-request-id',
  ],
  exposeHeaders: [
    'basket-token',
    'etag',
    'idempotency-replayed',
    'location',
    'ratelimit',
    'ratelimit-policy',
    'retry-after',
    'x-cache',
    'x-request-id',
  ],
  maxAge: 3600,
})

/** OPTIONS that is no browser's preflight: what is allowed here? */
export const isQuestion = ({ method, headers }: Request): boolean =>
  method === 'OPTIONS' && !headers.has('access-control-request-method')

/** A developer's page has no certificate, and another port than the edge. */
function isOwn(origin: string, host: string): boolean {
  const [, scheme, originHost, port] = /^(https?):\/\/([a-z0-9.-]+)(:\d{1,5})?$/.exec(origin) ?? []
  return originHost === host && (host.endsWith('.localhost') || (scheme === 'https' && !port))
}
