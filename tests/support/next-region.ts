import process from 'node:process'
import { productCreated } from '../../services/products/events.ts'
import { readConfig } from '../../shared/host/config.ts'
import { Host } from '../../shared/host/host.ts'
import { nextRegistry } from './next-release.ts'

declare const Deno: {
  serve(
    options: { hostname: string; port: number },
    handler: (request: Request) => Promise<Response>,
  ): unknown
}

/** A region process of the next release, whose `products.product.created` has a newer form, too. */
Object.assign(productCreated, { version: productCreated.version + 1 })
const registry = await nextRegistry()
const host = new Host(registry, readConfig(process.env, registry))
host.start()
Deno.serve({ hostname: host.config.HOST, port: host.config.PORT }, (request) => host.fetch(request))
