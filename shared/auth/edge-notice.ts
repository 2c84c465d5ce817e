import { deriveSecret } from '../kernel/secrets.ts'
import { NOTICE_PATH, signNotice } from './notice-token.ts'

/** The key of everything that edge and region say to each other. All that the edge ever gets of the platform's secret. */
export const edgeSecret = (platformSecret: string): string =>
  deriveSecret(platformSecret, 'edge-assertion/v1')

const TIME_LIMIT_MS = 2_000

/**
 * Tells the edge that the shop of this domain was made, changed or removed, so that it asks again. To be sent when
 * the change is committed: sooner, the edge may read what was before, and keep it. Rejects when the edge can't be
 * told; it notices by itself, within 70 s.
 */
export async function noticeEdge(edgeUrl: string, secret: string, domain: string): Promise<void> {
  const response = await fetch(new URL(NOTICE_PATH, edgeUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${await signNotice(secret, domain)}` },
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the edge answered ${response.status}`)
}
