import process from 'node:process'
import { userDeleted } from '../../services/auth/events.ts'
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

/** A region process of the next release, in which two events have a newer form, too. */
for (const event of [productCreated, userDeleted]) Object.assign(event, { version: event.version + 1 })
const registry = await nextRegistry()
const host = new Host(registry, readConfig(process.env, registry))
host.start()
Deno.serve({ hostname: host.config.HOST, port: host.config.PORT }, (request) => host.fetch(request))
