import { type Config, readConfig } from '../../shared/host/config.ts'
import type { Service } from '../../shared/service/service.ts'
import type { Running } from './global-setup.ts'

/** What a process on these servers is told. */
export const environmentOf = (on: Running): Record<string, string> => ({
  PLATFORM_SECRET: on.platformSecret,
  OPERATOR_TOKEN: on.operatorToken,
  WEBHOOK_SECRET: on.webhookSecret,
  DATABASE_URL: on.databaseUrl,
  NATS_URL: on.natsUrl,
  SWEEP_EVERY_MS: '1000',
  LOG_LEVEL: 'warn',
})

/** The same for a host in the test's own process. */
export const configOf = (on: Running, services: Service[], more: Record<string, string> = {}): Config =>
  readConfig({ ...environmentOf(on), LOG_LEVEL: 'silent', ...more }, services)
