import process from 'node:process'
import { readConfig } from '../shared/host/config.ts'
import { Host } from '../shared/host/host.ts'
import { flushLogs } from '../shared/telemetry/log.ts'
import { registry } from './registry.ts'

declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen(address: { port: number }): void },
    handler: (request: Request) => Promise<Response>,
  ): { shutdown(): Promise<void> }
}

/** One region process: `deno run -A services/region.ts`. Its settings: shared/host/config.ts. */
const host = start()
host.start()
const server = Deno.serve(
  {
    hostname: host.config.HOST,
    port: host.config.PORT,
    onListen: ({ port }) => host.log.info('listening', { port }),
  },
  (request) => host.fetch(request),
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await server.shutdown()
    await host.stop()
    flushLogs()
    process.exit(0)
  })
}

function start(): Host {
  try {
    return new Host(registry, readConfig(process.env, registry))
  } catch (error) {
    console.error((error as Error).message)
    process.exit(2)
  }
}
