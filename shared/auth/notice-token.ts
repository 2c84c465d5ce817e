import { jwtVerify, SignJWT } from 'jose'

/** Where the edge takes notice of changes to shops. */
export const NOTICE_PATH = '/_edge/tenants'

const AUDIENCE = 'edge'
const LIFE_S = 60
const CLOCK_TOLERANCE_S = 5
const bytes = (secret: string) => new TextEncoder().encode(secret)

/** Proof that the region says: the shop of this domain has changed. Apart from its sender, for the worker's sake. */
export const signNotice = (edgeSecret: string, domain: string): Promise<string> =>
  new SignJWT({ domain })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(`${LIFE_S}s`)
    .sign(bytes(edgeSecret))

/** The domain of a notice; undefined when it is none of ours. */
export async function verifyNotice(edgeSecret: string, token: string): Promise<string | undefined> {
  try {
    const options = {
      audience: AUDIENCE,
      algorithms: ['HS256'],
      maxTokenAge: LIFE_S,
      clockTolerance: CLOCK_TOLERANCE_S,
    }
    const { payload } = await jwtVerify<{ domain?: unknown }>(token, bytes(edgeSecret), options)
    return typeof payload.domain === 'string' ? payload.domain.toLowerCase() : undefined
  } catch {
    return undefined
  }
}
