import { directory } from '../../shared/service/directory.ts'
import { providePort } from '../../shared/service/port.ts'
import { defineService } from '../../shared/service/service.ts'
import { onCatalogueChanged, onShippingMethodsChanged } from './consumers/catalogue-version.ts'
import { plans } from './endpoints/plans.ts'
import { tenants } from './endpoints/tenants.ts'
import { webhooks } from './endpoints/webhooks.ts'
import { config } from './config.ts'
import * as events from './events.ts'
import { nextProvisioning, resumeProvisionings } from './operations/provisionings/resume.ts'
import { findRoute } from './operations/routes/find.ts'
import { listRoutes } from './operations/routes/list.ts'
import { upgradeBehind } from './operations/upgrades/upgrade-behind.ts'
import { upgrade } from './operations/upgrades/upgrade.ts'
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
      find: async (ctx: Ctx, { tenant }) => ({ tenant: await findRoute(ctx, tenant) }),
      list: async (ctx: Ctx) => ({ tenants: await listRoutes(ctx) }),
      upgrade: async (ctx: Ctx, { tenant }) => ({ applied: await upgrade(ctx, tenant) }),
    }),
  ],
  consumers: [onCatalogueChanged, onShippingMethodsChanged],
  jobs: [
    { name: 'resume-provisioning', next: nextProvisioning, run: resumeProvisionings },
    { name: 'upgrade-shops', next: (_, now) => Promise.resolve(now), pauseMs: 10_000, run: upgradeBehind },
  ],
})
