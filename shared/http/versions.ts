import type { Context } from 'hono'
import type { ExpectedVersions } from '../db/rows.ts'
import { Problem } from '../errors/problem.ts'

const TAG = /(?:^|[\s,])(?:W\/)?"v(\d{1,9})(?:(?:--?|;)(?:gzip|br|zstd|deflate))?"(?=$|[\s,])/g

/** Answers with a resource, and where it counts its versions, with that as its ETag. */
export function versioned<T extends object, S extends 200 | 201>(
  c: Pick<Context, 'json'>,
  resource: T,
  status: S,
  headers: Record<string, string> = {},
) {
  const tag: Record<string, string> = 'version' in resource ? { etag: `"v${resource.version}"` } : {}
  return c.json(resource, status, { ...tag, ...headers })
}

/**
 * What `If-Match` allows an update to change (RFC 9110 13.1.1). Weak tags count, and those with a coding at their end:
 * proxies that compress weaken ours, or add to them (Apache `-gzip`, Jetty `--gzip`).
 * Throws `precondition_required` without it; a tag that was never ours matches no version.
 */
export function expectedVersions(c: { req: { header(name: string): string | undefined } }): ExpectedVersions {
  const given = c.req.header('if-match')
  if (given === undefined) throw new Problem('precondition_required')
  if (given.trim() === '*') return 'any'
  return [...given.matchAll(TAG)].map(([, version]) => Number(version))
}
