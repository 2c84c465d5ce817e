/** Of one hop, agreed anew on the next (RFC 9110, 7.6.1 and 10.1.1; RFC 9113, 8.2.2), as is the length of a body. */
const ONE_HOP = new Set([
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
/** Only the edge may say these to a region; a region says none of them to the world. */
const BETWEEN_US = /^(x-tenant-.*|x-client-.*|x-internal.*|x-deadline-.*)$/
/** Said about a client by whoever stands before a server, or meant for the edge alone. */
const OF_THE_CLIENT =
  /^(x-forwarded-.*|x-real-ip|forwarded|via|true-client-ip|cf-.*|cdn-loop|sec-websocket-.*|accept-encoding|host|traceparent|x-request-id)$/
/** About the region's own server, and what only the edge decides. */
const OF_THE_REGION = /^(server|x-powered-by|alt-svc|via|cf-.*|access-control-.*|x-cache)$/

/** The header fields of a client's request that a region may see. */
export const forRegion = (given: Headers): Headers =>
  passed(given, (name) => !BETWEEN_US.test(name) && !OF_THE_CLIENT.test(name))

/** The header fields of a region's answer that a client may see. */
export function forClient(given: Headers): Headers {
  const headers = passed(given, (name) => !BETWEEN_US.test(name) && !OF_THE_REGION.test(name))
  // The body has been decoded on its way in; without its coding, its length still holds, and says HEAD how much GET has.
  const length = given.get('content-length')
  if (headers.has('content-encoding')) headers.delete('content-encoding')
  else if (length !== null && !given.has('transfer-encoding')) headers.set('content-length', length)
  return headers
}

function passed(given: Headers, isPublic: (name: string) => boolean): Headers {
  const named = new Set((given.get('connection') ?? '').toLowerCase().split(',').map((name) => name.trim()))
  const headers = new Headers()
  for (const [name, value] of given) {
    if (!ONE_HOP.has(name) && !named.has(name) && isPublic(name)) headers.append(name, value)
  }
  return headers
}
