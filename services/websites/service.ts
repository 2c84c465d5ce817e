import { directory } from '../../shared/service/directory.ts'
import { providePort } from '../../shared/service/port.ts'
import { defineService } from '../../shared/service/service.ts'
import { catalogueVersion } from './consumers/catalogue-version.ts'
import { plans } from './endpoints/plans.ts'
import { tenants } from './endpoints/tenants.ts'
import { webhooks } from './endpoints/webhooks.ts'
import { config } from './config.ts'
import * as events from './events.ts'
import { nextAbandoned, resumeProvisioning } from './operations/provision.ts'
import { findTenant, listTenants } from './operations/routes.ts'
import { type Ctx, needs } from './needs.ts'
import { tables } from './schema.ts'

export default defineService<Ctx>({
  name: 'websites',
  summary: 'Shops: tenants, their sites and plans, and how they are made and removed',
  resources: ['tenants', 'plans', 'provisioning'],
  scope: 'platform',
  config,
  tables,
  migrations: new URL('./migrations/', import.meta.url),
  events,
  needs,
  endpoints: [tenants, plans, webhooks],
  provides: [
    providePort(directory, {
      find: async (ctx: Ctx, { tenant }) => ({ tenant: await findTenant(ctx, tenant) }),
      list: async (ctx: Ctx) => ({ tenants: await listTenants(ctx) }),
    }),
  ],
  consumers: [catalogueVersion],
  jobs: [{ name: 'resume-provisioning', next: nextAbandoned, run: resumeProvisioning }],
})
