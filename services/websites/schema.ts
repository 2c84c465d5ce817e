import {
  boolean,
  char,
  index,
  int,
  json,
  mysqlTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'
import { exactText, id, instant, times } from '../../shared/db/columns.ts'
import { dueWork, kernelTables } from '../../shared/db/tables.ts'
import type { PlanName } from '../../shared/kernel/plans.ts'
import type { Tenant } from '../../shared/kernel/tenant.ts'

/** One client company. Its databases are named after its id. */
export const tenants = mysqlTable(
  'tenants',
  {
    /** `abc-corporation-7f3a9c` */
    id: exactText('id', 27).primaryKey(),
    company_name: varchar('company_name', { length: 100 }).notNull(),
    billing_email: varchar('billing_email', { length: 254 }).notNull(),
    plan: varchar('plan', { length: 20 }).$type<PlanName>().notNull(),
    billing_period: varchar('billing_period', { length: 10 }).$type<'monthly' | 'annual'>().notNull(),
    region: varchar('region', { length: 20 }).notNull(),
    shard: varchar('shard', { length: 20 }).notNull(),
    status: varchar('status', { length: 20 }).$type<'provisioning' | 'active' | 'failed' | 'deprovisioning'>()
      .notNull(),
    /** Of the billing system. */
    subscription_id: exactText('subscription_id', 100),
    metadata: json('metadata').$type<Record<string, unknown>>().notNull(),
    /** Their account in the shop's own database; null until it is made. */
    owner_id: id('owner_id', 'user'),
    version: int('version').notNull().default(1),
    ...times,
  },
  (t) => [index('tenants_status').on(t.status, t.id)],
)

/**
 * The shop of each subscription. Kept when the shop is removed: the billing system may tell of an old subscription again.
 * One that could not be made leaves its subscription to another try.
 */
export const subscriptions = mysqlTable('subscriptions', {
  tenant_id: exactText('tenant_id', 27).primaryKey(),
  subscription_id: exactText('subscription_id', 100).notNull(),
  created_at: instant('created_at').notNull(),
}, (t) => [uniqueIndex('subscriptions_subscription').on(t.subscription_id)])

export const websites = mysqlTable('websites', {
  id: id('id', 'site').primaryKey(),
  tenant_id: exactText('tenant_id', 27).notNull().references(() => tenants.id, { onDelete: 'cascade' }),
  name: varchar('name', { length: 255 }).notNull(),
  domain: exactText('domain', 253).notNull(),
  subdomain: exactText('subdomain', 63).notNull(),
  status: varchar('status', { length: 20 }).$type<Tenant['status']>().notNull(),
  suspension_reason: varchar('suspension_reason', { length: 50 }),
  locale: varchar('locale', { length: 20 }).notNull(),
  timezone: varchar('timezone', { length: 64 }).notNull(),
  currency: char('currency', { length: 3 }).notNull(),
  prices_include_vat: boolean('prices_include_vat').notNull(),
  contact_email: varchar('contact_email', { length: 254 }).notNull(),
  support_email: varchar('support_email', { length: 254 }),
  theme: varchar('theme', { length: 100 }).notNull().default('default'),
  settings: json('settings').$type<Record<string, unknown>>().notNull(),
  is_default: boolean('is_default').notNull().default(true),
  /** Part of the edge's cache keys: a change of the catalogue makes what is cached unreachable. */
  catalogue_version: int('catalogue_version').notNull().default(1),
  version: int('version').notNull().default(1),
  activated_at: instant('activated_at'),
  ...times,
}, (t) => [
  uniqueIndex('websites_domain').on(t.domain),
  uniqueIndex('websites_subdomain').on(t.subdomain),
  index('websites_tenant').on(t.tenant_id),
  index('websites_status').on(t.status, t.id),
])

/** The first person of a shop, until the shop has the account. */
export type Owner = { email: string; first_name: string; last_name: string }

/**
 * The making or the removal of a shop: one row, held by the process that works on it until `lease_until`. `lease` counts
 * the holders: whatever one writes names its number, so that a holder that was given up for dead changes nothing more.
 */
export const provisionings = mysqlTable(
  'provisionings',
  {
    id: id('id', 'prov').primaryKey(),
    tenant_id: exactText('tenant_id', 27).notNull(),
    kind: varchar('kind', { length: 10 }).$type<'create' | 'remove'>().notNull(),
    status: varchar('status', { length: 20 }).$type<'running' | 'rolling_back' | 'done' | 'failed'>()
      .notNull(),
    owner: json('owner').$type<Owner | null>(),
    error: text('error'),
    attempts: smallint('attempts').notNull().default(0),
    lease: int('lease').notNull().default(1),
    lease_until: instant('lease_until').notNull(),
    finished_at: instant('finished_at'),
    ...times,
  },
  (t) => [
    index('provisionings_tenant').on(t.tenant_id, t.id),
    index('provisionings_open').on(t.status, t.lease_until),
  ],
)

export const provisioningSteps = mysqlTable('provisioning_steps', {
  provisioning_id: id('provisioning_id', 'prov').notNull().references(() => provisionings.id, {
    onDelete: 'cascade',
  }),
  position: smallint('position').notNull(),
  name: varchar('name', { length: 40 }).notNull(),
  status: varchar('status', { length: 10 }).$type<'done' | 'undone'>().notNull(),
  ms: int('ms').notNull(),
  finished_at: instant('finished_at').notNull(),
}, (t) => [primaryKey({ columns: [t.provisioning_id, t.name] })])

/** The last migration of each service that a shop has: a release finds by it the shops that lack one of its own. */
export const schemaLevels = mysqlTable('schema_levels', {
  tenant_id: exactText('tenant_id', 27).notNull().references(() => tenants.id, { onDelete: 'cascade' }),
  service: exactText('service', 40).notNull(),
  last_migration: exactText('last_migration', 255).notNull(),
}, (t) => [primaryKey({ columns: [t.tenant_id, t.service] })])

export const tables = {
  tenants,
  subscriptions,
  websites,
  provisionings,
  provisioningSteps,
  schemaLevels,
  dueWork,
  ...kernelTables,
}
