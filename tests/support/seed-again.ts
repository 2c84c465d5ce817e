import { readConfig } from '../../shared/service/config.ts'
import { Host } from '../../shared/service/host.ts'
import type { Service } from '../../shared/service/service.ts'
import type { Shop } from './shops.ts'

/** What every release does with every shop that is there. */
export async function seedAgain(service: Service, { on, tenant }: Shop): Promise<void> {
  const host = new Host(
    [service],
    readConfig({
      PLATFORM_SECRET: on.platformSecret,
      OPERATOR_TOKEN: on.operatorToken,
      WEBHOOK_SECRET: on.webhookSecret,
      DATABASE_URL: on.databaseUrl,
      NATS_URL: on.natsUrl,
      LOG_LEVEL: 'silent',
    }),
  )
  try {
    await service.seed!(host.systemContext(service, tenant, 'seed'))
  } finally {
    await host.stop()
  }
}
