import { jwtVerify, SignJWT } from 'jose'

/** Where the edge takes notice of changes to shops. */
export const NOTICE_PATH = '/_edge/tenants'

const AUDIENCE = 'edge'
const LIFE_S = 60
const TIME_LIMIT_MS = 2_000
const bytes = (secret: string) => new TextEncoder().encode(secret)

/**
 * Tells the edge that the shop of this domain was made, changed or removed, so that it asks again. To be sent when
 * the change is committed: sooner, the edge may read what was before, and keep it. False when the edge can't be
 * told; it notices by itself, within 10 s where this shop was asked for, within 70 s elsewhere.
 */
export async function noticeEdge(edgeUrl: string, edgeSecret: string, domain: string): Promise<boolean> {
  const token = await new SignJWT({ domain })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(`${LIFE_S}s`)
    .sign(bytes(edgeSecret))
  try {
    const response = await fetch(new URL(NOTICE_PATH, edgeUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}

/** The domain of a notice; undefined when it is none of ours. */
export async function verifyEdgeNotice(edgeSecret: string, token: string): Promise<string | undefined> {
  try {
    const options = { audience: AUDIENCE, algorithms: ['HS256'], maxTokenAge: LIFE_S, clockTolerance: 5 }
    const { payload } = await jwtVerify<{ domain?: unknown }>(token, bytes(edgeSecret), options)
    return typeof payload.domain === 'string' ? payload.domain.toLowerCase() : undefined
  } catch {
    return undefined
  }
}
