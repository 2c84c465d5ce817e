import { z } from '@hono/zod-openapi'
import { defineEvent } from '../../shared/events/event.ts'
import { Id } from '../../shared/http/schemas.ts'

const at = z.iso.datetime()
const base = { website_id: Id('site'), domain: z.string() }

export const websiteCreated = defineEvent('websites.website.created', {
  summary: 'A shop was made',
  subject: 'website_id',
  data: z.object({
    ...base,
    name: z.string(),
    subdomain: z.string(),
    theme: z.string(),
    locale: z.string(),
    currency: z.string(),
    created_at: at,
  }),
})

export const websiteActivated = defineEvent('websites.website.activated', {
  summary: 'A shop answers at its domain',
  subject: 'website_id',
  data: z.object({ ...base, activated_at: at }),
})

export const websiteStatusChanged = defineEvent('websites.website.status_changed', {
  summary: 'A shop was opened, closed or suspended',
  subject: 'website_id',
  data: z.object({
    ...base,
    previous_status: z.string(),
    new_status: z.string(),
    reason: z.string().nullable(),
    changed_at: at,
  }),
})
