import { z } from '@hono/zod-openapi'
import { definePort } from './port.ts'
import { Tenant } from '../kernel/tenant.ts'

/** What the kernel needs of whichever service keeps the shops. `websites` provides it. */
export const directory = definePort('websites', 'directory', {
  find: {
    input: z.object({ tenant: z.string() }),
    output: z.object({ tenant: Tenant.nullable() }),
    timeoutMs: 2_000,
  },
  /** Shops whose databases are there: what sweeps and jobs go through. */
  list: { input: z.object({}), output: z.object({ tenants: z.array(Tenant) }), timeoutMs: 5_000 },
  /** Brings the databases of one shop to this release: what a table of a million rows needs is waited for. */
  upgrade: {
    input: z.object({ tenant: z.string() }),
    output: z.object({ applied: z.array(z.object({ database: z.string(), names: z.array(z.string()) })) }),
    timeoutMs: 3_600_000,
  },
})

/** Stands where a shop would, in work that belongs to none. */
export const platformTenant = (region: string, shard: string): Tenant => ({
  id: 'platform',
  website: 'platform',
  domain: 'platform',
  region,
  shard,
  plan: 'business',
  status: 'active',
  locale: 'en',
  currency: 'EUR',
  prices_include_vat: true,
})
