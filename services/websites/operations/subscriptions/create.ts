import { eq } from 'drizzle-orm'
import { type FieldError, Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { subscriptions } from '../../schema.ts'
import type { SubscriptionCreated } from '../../shapes/subscription.ts'
import { createTenant } from '../tenants/create.ts'

/** One shop for each subscription, however often and however late the billing system tells of it. */
export async function createSubscription(
  ctx: Ctx,
  { data }: SubscriptionCreated,
): Promise<{ tenant_id: string; created: boolean }> {
  const known = await findBySubscription(ctx, data.subscription_id)
  if (known) return { tenant_id: known, created: false }
  const { customer, plan, metadata } = data
  try {
    const tenant = await createTenant(ctx, {
      company_name: customer.name,
      billing_email: customer.billing_email,
      plan: plan.tier,
      billing_period: plan.billing_period,
      region: metadata.region,
      locale: 'en',
      timezone: 'UTC',
      currency: 'EUR',
      prices_include_vat: true,
      owner: { email: customer.email, ...namesOf(customer.name) },
    }, { subscription_id: data.subscription_id, metadata })
    return { tenant_id: tenant, created: true }
  } catch (error) {
    const winner = error instanceof Problem && error.code === 'already_exists' &&
      await findBySubscription(ctx, data.subscription_id)
    if (winner) return { tenant_id: winner, created: false }
    throw error instanceof Problem ? pointingInto(error) : error
  }
}

/** What is refused of the shop stands elsewhere in what the billing system has sent. */
function pointingInto(problem: Problem): Problem {
  const errors = problem.extra.errors as FieldError[] | undefined
  if (!errors) return problem
  const moved = errors.map(({ pointer, message }) => ({ pointer: `/data/metadata${pointer}`, message }))
  return new Problem(problem.code, undefined, { ...problem.extra, errors: moved })
}

async function findBySubscription(ctx: Ctx, subscription_id: string): Promise<string | undefined> {
  const [row] = await ctx.db.select({ id: subscriptions.tenant_id }).from(subscriptions)
    .where(eq(subscriptions.subscription_id, subscription_id))
  return row?.id
}

/** The webhook knows a company, not a person. */
const namesOf = (company: string) => ({ first_name: company, last_name: 'Owner' })
