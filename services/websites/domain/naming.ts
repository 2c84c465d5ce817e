import { latinSlug } from '../../../shared/kernel/slug.ts'

/** Names that the platform keeps for itself. */
const RESERVED = new Set([
  'admin',
  'api',
  'app',
  'assets',
  'auth',
  'billing',
  'cdn',
  'dashboard',
  'dev',
  'docs',
  'edge',
  'ftp',
  'help',
  'internal',
  'mail',
  'media',
  'metrics',
  'ns1',
  'ns2',
  'platform',
  'root',
  'smtp',
  'staging',
  'static',
  'status',
  'support',
  'test',
  'www',
])

/** Letters of what a domain label may be. */
const MAX_LABEL = 63
const MAX_TENANT_NAME = 20

/** Lower-case words of the company's name, in Latin letters, joined by hyphens, cut at 20 characters, and 6 random hex digits. */
export function tenantId(companyName: string, hex: string): string {
  return `${latinSlug(companyName, MAX_TENANT_NAME) || 'shop'}-${hex}`
}

/**
 * 3 to 63 lower-case letters, digits and hyphens, none of them at an end (RFC 1035), not two as third and fourth, which
 * mark encoded names (RFC 5890), and not reserved.
 */
export function isSubdomain(text: string): boolean {
  return /^(?!..--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(text) && !RESERVED.has(text)
}

/** What a shop answers at when its merchant doesn't choose: the name, or the whole tenant id where it is taken. */
export function defaultSubdomain(companyName: string, tenant: string): string {
  const name = latinSlug(companyName, MAX_LABEL)
  return isSubdomain(name) ? name : tenant
}
