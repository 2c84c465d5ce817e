import type { Tenant } from '../kernel/tenant.ts'

/** Who makes a shop's access tokens, as their `iss` says. */
export const issuerOf = (tenant: Pick<Tenant, 'domain'>): string => `https://${tenant.domain}`
