/** What a subscription pays for. Figures: plan table of the business documents; prices in minor units of EUR. */
export type PlanName = 'standard' | 'premium' | 'business'

export type Plan = {
  name: PlanName
  price_monthly: number
  /** null: agreed by contract. */
  price_annual: number | null
  max_sites: number
  max_custom_domains: number
  /** null: unlimited. */
  max_products: number | null
  max_orders_per_month: number | null
  requests_per_minute: number
  /** Connections to one database of the tenant, from one region process. */
  max_connections: number
}

export const plans: Record<PlanName, Plan> = {
  standard: {
    name: 'standard',
    price_monthly: 4999,
    price_annual: 49_900,
    max_sites: 1,
    max_custom_domains: 1,
    max_products: 2_000,
    max_orders_per_month: 5_000,
    requests_per_minute: 500,
    max_connections: 10,
  },
  premium: {
    name: 'premium',
    price_monthly: 12_499,
    price_annual: 124_900,
    max_sites: 3,
    max_custom_domains: 3,
    max_products: 15_000,
    max_orders_per_month: 30_000,
    requests_per_minute: 3_000,
    max_connections: 30,
  },
  business: {
    name: 'business',
    price_monthly: 14_999,
    price_annual: null,
    max_sites: 10,
    max_custom_domains: 10,
    max_products: null,
    max_orders_per_month: null,
    requests_per_minute: 15_000,
    max_connections: 100,
  },
}

export const planNames = Object.keys(plans) as [PlanName, ...PlanName[]]
