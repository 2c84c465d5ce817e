// Runs the edge's bundle on workerd with the bindings of wrangler.toml. Plain Node: Miniflare doesn't run on Deno.
//   node tools/stack/miniflare.mjs <options.json: {port, env, bundle, requestsPerMinute?}>
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(createRequire(import.meta.url).resolve('wrangler/package.json'))
const { Miniflare } = require('miniflare')
const { port, env, bundle, requestsPerMinute } = JSON.parse(readFileSync(process.argv[2], 'utf8'))

const limits = { RATE_STANDARD: 500, RATE_PREMIUM: 3_000, RATE_BUSINESS: 15_000, RATE_AUTH: 30 }
const ratelimits = Object.entries(limits).map(([name, limit], i) => [name, {
  namespace_id: String(1001 + i),
  simple: { limit: requestsPerMinute ?? limit, period: 60 },
}])

const miniflare = new Miniflare({
  host: '127.0.0.1',
  port,
  cf: false,
  modules: [{ type: 'ESModule', path: bundle }],
  modulesRoot: bundle.replace(/[^/]*$/, ''),
  compatibilityDate: '2026-04-20',
  bindings: env,
  kvNamespaces: ['TENANTS'],
  ratelimits: Object.fromEntries(ratelimits),
})
await miniflare.ready
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => miniflare.dispose().finally(() => process.exit(0)))
}
