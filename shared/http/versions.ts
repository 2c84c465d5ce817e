import type { Context } from 'hono'
import type { ExpectedVersions } from '../db/rows.ts'
import { Problem } from '../errors/problem.ts'

/** The ETag of a resource that counts its versions. */
export const versionTag = (version: number): string => `"v${version}"`

const TAG = /(?:^|[\s,])(?:W\/)?"v(\d{1,9})(?:(?:--?|;)(?:gzip|br|zstd|deflate))?"(?=$|[\s,])/g

/** Answers with a resource that counts its versions, and its ETag. */
export function versioned<T extends { version: number }, S extends 200 | 201>(
  c: Context,
  resource: T,
  status: S,
) {
  return c.json(resource, status, { etag: versionTag(resource.version) })
}

/**
 * What `If-Match` allows an update to change (RFC 9110 13.1.1). Weak tags count, and those with a coding at their end:
 * proxies that compress weaken ours, or add to them (Apache `-gzip`, Jetty `--gzip`).
 * Throws `precondition_required` without it; a tag that was never ours matches no version.
 */
export function expectedVersions(c: Context): ExpectedVersions {
  const given = c.req.header('if-match')
  if (given === undefined) throw new Problem('precondition_required')
  if (given.trim() === '*') return 'any'
  return [...given.matchAll(TAG)].map(([, version]) => Number(version))
}
