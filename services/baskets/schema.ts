import {
  boolean,
  char,
  index,
  int,
  json,
  mysqlTable,
  primaryKey,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'
import { amount, digest, exactText, id, instant, times } from '../../shared/db/columns.ts'
import { kernelTables } from '../../shared/db/tables.ts'
import type { BasketLine } from './domain/lines.ts'
import type { BasketStatus } from './domain/states.ts'

export const baskets = mysqlTable('baskets', {
  id: id('id', 'bask').primaryKey(),
  /** null: a guest's. */
  user_id: id('user_id', 'user'),
  /** Its user, while it is the one the user shops with: a unique index allows one of them, and many nulls. */
  current_user_id: id('current_user_id', 'user'),
  /** SHA-256 of the token its guest holds; null for users, and once it was merged. */
  guest_token_hash: digest('guest_token_hash'),
  status: varchar('status', { length: 10 }).$type<BasketStatus>().notNull(),
  /** Counts every change of its lines or codes, and whatever takes it away from its holder. */
  version: int('version').notNull().default(1),
  currency: char('currency', { length: 3 }).notNull(),
  /** Oldest first. One document: they are read and written with their basket alone, under its version. */
  lines: json('lines').$type<BasketLine[]>().notNull(),
  /** The totals as of the last change: for staff and figures. Shoppers are answered with today's prices. */
  subtotal_net: amount('subtotal_net').notNull().default(0),
  subtotal_gross: amount('subtotal_gross').notNull().default(0),
  discount_net: amount('discount_net').notNull().default(0),
  discount_gross: amount('discount_gross').notNull().default(0),
  /** After the discount, without shipping. */
  total_net: amount('total_net').notNull().default(0),
  total_gross: amount('total_gross').notNull().default(0),
  converted_to_order_id: id('converted_to_order_id', 'ord'),
  merged_into_id: id('merged_into_id', 'bask'),
  last_activity_at: instant('last_activity_at').notNull(),
  abandoned_at: instant('abandoned_at'),
  /** Withdrawn, by staff, by age or with its user's account: nobody sees it but the purge. */
  archived_at: instant('archived_at'),
  ip_address: varchar('ip_address', { length: 45 }),
  user_agent: varchar('user_agent', { length: 500 }),
  ...times,
}, (t) => [
  uniqueIndex('baskets_current_user').on(t.current_user_id),
  uniqueIndex('baskets_guest_token').on(t.guest_token_hash),
  index('baskets_idle').on(t.status, t.last_activity_at),
  index('baskets_user').on(t.user_id, t.last_activity_at),
  index('baskets_archived').on(t.archived_at),
])

export const promoCodes = mysqlTable(
  'promo_codes',
  {
    id: id('id', 'promo').primaryKey(),
    name: varchar('name', { length: 255 }).notNull(),
    /** Upper case. */
    code: exactText('code', 50).notNull(),
    /** The code until it is deleted, then null: a new one may take its name. */
    live_code: exactText('live_code', 50),
    kind: varchar('kind', { length: 15 }).$type<'percentage' | 'fixed' | 'free_shipping'>().notNull(),
    /** Basis points of a percentage, 0 for free shipping. A fixed discount, as all amounts here, as the shop prices. */
    value: amount('value').notNull(),
    minimum_purchase: amount('minimum_purchase'),
    maximum_discount: amount('maximum_discount'),
    usage_limit: int('usage_limit'),
    per_user_limit: int('per_user_limit'),
    /** Orders that use it now. */
    usage_count: int('usage_count').notNull().default(0),
    starts_at: instant('starts_at'),
    ends_at: instant('ends_at'),
    is_active: boolean('is_active').notNull().default(true),
    is_stackable: boolean('is_stackable').notNull().default(false),
    first_order_only: boolean('first_order_only').notNull().default(false),
    /** Empty both: every line. Else the lines of these products and of products in these categories. */
    applicable_products: json('applicable_products').$type<`prod_${string}`[]>().notNull(),
    applicable_categories: json('applicable_categories').$type<`cat_${string}`[]>().notNull(),
    version: int('version').notNull().default(1),
    deleted_at: instant('deleted_at'),
    ...times,
  },
  (
    t,
  ) => [uniqueIndex('promo_codes_code').on(t.live_code), index('promo_codes_listed').on(t.deleted_at, t.id)],
)

export const basketPromoCodes = mysqlTable('basket_promo_codes', {
  basket_id: id('basket_id', 'bask').notNull().references(() => baskets.id, { onDelete: 'cascade' }),
  promo_code_id: id('promo_code_id', 'promo').notNull().references(() => promoCodes.id, {
    onDelete: 'cascade',
  }),
  /** Discounts are taken in this order. */
  position: int('position').notNull(),
  /** As of the last change of the basket. */
  discount_net: amount('discount_net').notNull(),
  discount_gross: amount('discount_gross').notNull(),
  applied_at: instant('applied_at').notNull(),
}, (t) => [
  primaryKey({ columns: [t.basket_id, t.promo_code_id] }),
  index('basket_promo_codes_code').on(t.promo_code_id, t.applied_at),
])

/** One row for each order that used codes, or gave back before it did: a late use then finds it. */
export const orderRedemptions = mysqlTable('order_redemptions', {
  order_id: id('order_id', 'ord').primaryKey(),
  status: varchar('status', { length: 10 }).$type<'redeemed' | 'given_back'>().notNull(),
  ...times,
})

export const promoRedemptions = mysqlTable('promo_redemptions', {
  order_id: id('order_id', 'ord').notNull().references(() => orderRedemptions.order_id, {
    onDelete: 'cascade',
  }),
  promo_code_id: id('promo_code_id', 'promo').notNull(),
  /** null once the account was deleted. */
  user_id: id('user_id', 'user'),
  status: varchar('status', { length: 10 }).$type<'redeemed' | 'given_back'>().notNull(),
  ...times,
}, (t) => [
  primaryKey({ columns: [t.order_id, t.promo_code_id] }),
  index('promo_redemptions_user').on(t.user_id, t.promo_code_id, t.status),
  index('promo_redemptions_code').on(t.promo_code_id, t.status),
])

export const tables = {
  baskets,
  promoCodes,
  basketPromoCodes,
  orderRedemptions,
  promoRedemptions,
  ...kernelTables,
}
