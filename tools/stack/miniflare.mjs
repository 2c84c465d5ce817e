// Runs the edge's bundle on workerd with the bindings of wrangler.toml. Plain Node: Miniflare doesn't run on Deno.
//   node tools/stack/miniflare.mjs <options.json: {port, env, bundle, requestsPerMinute?}>
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(createRequire(import.meta.url).resolve('wrangler/package.json'))
const { Miniflare } = require('miniflare')
const { unstable_readConfig: readConfig } = require('wrangler')
const { port, env, bundle, requestsPerMinute } = JSON.parse(readFileSync(process.argv[2], 'utf8'))

const config = readConfig({ config: 'wrangler.toml' })
const ratelimits = config.ratelimits.map(({ name, namespace_id, simple: { limit, period } }) => [name, {
  namespace_id,
  simple: { limit: requestsPerMinute ?? limit, period },
}])

const miniflare = new Miniflare({
  host: '127.0.0.1',
  port: 0,
  cf: false,
  // Straight to the worker: the way over Miniflare's own one, which stands before it, costs more than ours.
  unsafeDirectSockets: [{ host: '127.0.0.1', port }],
  modules: [{ type: 'ESModule', path: bundle }],
  modulesRoot: bundle.replace(/[^/]*$/, ''),
  compatibilityDate: config.compatibility_date,
  bindings: env,
  kvNamespaces: config.kv_namespaces.map(({ binding }) => binding),
  ratelimits: Object.fromEntries(ratelimits),
})
await miniflare.ready
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => miniflare.dispose().finally(() => process.exit(0)))
}
