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

/** What every region process reads of its environment; services say in their `config.ts` what they read. */
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
  PLATFORM_HOST: z.string().default('platform.localhost'),
  /** Told of changes to shops, so that they show at once. */
  EDGE_URL: z.url().optional(),
  SHARDS: List.default(['s0']),
  /** Database connections of this process, over all shops. */
  MAX_CONNECTIONS: z.coerce.number().int().min(8).default(400),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** How often unfinished work of stopped processes is looked for, milliseconds. */
  SWEEP_EVERY_MS: z.coerce.number().int().min(500).default(30_000),
})

export type Config = z.infer<typeof Environment> & {
  /** Service → what it declared, as `ctx.config`. */
  readonly services: Readonly<Record<string, unknown>>
}

/** Throws one readable line for each variable that is missing or wrong. */
export function readConfig(
  environment: Record<string, string | undefined>,
  services: { name: string; config: z.ZodObject }[],
): Config {
  const complaints: string[] = []
  const read = <T>(schema: z.ZodType<T>): T | undefined => {
    const parsed = schema.safeParse(environment)
    if (parsed.success) return parsed.data
    complaints.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
  }
  const own = read(Environment)
  const theirs = services.map(({ name, config }) => [name, read(config)] as const)
  if (!own || complaints.length > 0) throw new Error(complaints.join('\n'))
  return { ...own, services: Object.fromEntries(theirs) }
}
