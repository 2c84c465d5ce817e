import { registry } from '../../services/registry.ts'
import { Host } from '../../shared/host/host.ts'
import type { Service } from '../../shared/service/service.ts'
import { shopSeedOf } from '../../shared/service/shop-seed.ts'
import { configOf } from './config.ts'
import type { Shop } from './shops.ts'

/** What every release does with every shop that is there. */
export async function seedAgain(service: Service, { on, tenant }: Shop): Promise<void> {
  const host = new Host(registry, configOf(on, registry))
  try {
    await service.seed!(host.systemContext(service, tenant, 'seed'), shopSeedOf(registry))
  } finally {
    await host.stop()
  }
}
