import { z } from '@hono/zod-openapi'

const Urls = z.string().transform((text, ctx) => {
  try {
    return z.record(z.string(), z.url()).parse(JSON.parse(text))
  } catch {
    ctx.addIssue('must be a JSON object of URLs')
    return z.NEVER
  }
})
const List = z.string().transform((text) => text.split(',').map((each) => each.trim()).filter(Boolean))
const Port = z.coerce.number().int().min(0).max(65_535)

/** The environment of a region process. Nothing else of it is ever read. */
const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: Port.default(8080),
  REGION: z.string().default('eu-west'),
  /** 32 random bytes, base64url. Every other secret derives from it. */
  PLATFORM_SECRET: z.string().regex(
    /^[\w-]{43}$/,
    'must be 32 bytes as base64url: openssl rand 32 | basenc --base64url',
  ),
  OPERATOR_TOKEN: z.string().min(20),
  WEBHOOK_SECRET: z.string().min(20),
  /** `mysql://user:password@host:port`, an account that may create databases and users. Only provisioning uses it. */
  DATABASE_URL: z.url(),
  NATS_URL: z.url(),
  /** Services to host, comma-separated; all of them without it. */
  SERVICES: List.optional(),
  /** Where the others are: `{"orders": "http://10.0.0.7:8080"}`. */
  SERVICE_URLS: Urls.default({}),
  /** New shops answer at `<slug>.<SHOP_DOMAIN>`. */
  SHOP_DOMAIN: z.string().default('localhost'),
  PLATFORM_HOST: z.string().default('platform.localhost'),
  /** Told of changes to shops, so that they show at once. */
  EDGE_URL: z.url().optional(),
  SHARDS: List.default(['s0']),
  /** Database connections of this process, over all shops. */
  MAX_CONNECTIONS: z.coerce.number().int().min(8).default(400),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** How long an interrupted checkout rests before another process takes it over, milliseconds. */
  CHECKOUT_LEASE_MS: z.coerce.number().int().min(500).default(30_000),
  /** How often unfinished work of stopped processes is looked for, milliseconds. */
  SWEEP_EVERY_MS: z.coerce.number().int().min(500).default(30_000),
})

export type Config = z.infer<typeof Environment>

/** Throws one readable line for each variable that is missing or wrong. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const parsed = Environment.safeParse(environment)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
}
