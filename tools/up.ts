import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import process from 'node:process'
import { PlatformApi } from './client/platform-api.ts'
import { ShopApi } from './client/shop-api.ts'
import { leaveDevVars } from './stack/dev-vars.ts'
import { reason, step, stopAll, stopOnSignals, wasReported } from './stack/index.ts'
import { PLATFORM_HOST, startPlatform } from './stack/platform.ts'
import { ROOT } from './stack/region.ts'
import { announce, describe, findRunning, type RunningStack, withdraw } from './stack/running.ts'

/** `npm start`: the whole platform on this machine, with two shops to look at, until Ctrl-C. */
const dir = process.env.DATA_DIR ?? join(ROOT, '.data')
/** What README and wrangler.toml say. */
const EDGE_PORT = 8787
const REGION_PORT = 8080
const OWN_EDGE_PORT = 8788
const SHOPS = [
  { subdomain: 'demo', company_name: 'Demo Shop', catalogue: 'tools/demo/catalogue.csv' },
  { subdomain: 'atelier', company_name: 'Atelier Kermor', catalogue: undefined },
]

let isStopping = false
try {
  const already = await findRunning(dir)
  if (already) {
    console.log(`The platform is running already (pid ${already.pid}).`)
    show(already, owner())
  } else {
    await up()
  }
} catch (error) {
  if (isStopping) await new Promise(() => {}) // the signal's handler exits
  if (!wasReported(error)) console.error(reason(error))
  await stopAll()
  process.exit(1)
}

async function up(): Promise<void> {
  stopOnSignals(async () => {
    isStopping = true
    withdraw(dir)
    await stopAll()
  })
  const platform = await startPlatform({
    dir,
    step,
    edgePort: EDGE_PORT,
    regionPort: REGION_PORT,
    env: { LOG_LEVEL: process.env.LOG_LEVEL ?? 'info' },
  })
  const running = describe(platform)
  for (const shop of SHOPS) await step(`shop ${shop.subdomain}.localhost`, () => prepare(running, shop))
  announce(dir, running)
  show(running, owner(), leaveDevVars(join(ROOT, '.dev.vars'), platform.edgeEnv))
  const alive = setInterval(() => {}, 60_000) // children don't keep their parent
  const ended = await platform.ended
  clearInterval(alive)
  withdraw(dir)
  throw new Error(ended)
}

/** Makes the shop unless it is there, accepts its owner's invitation, and fills it unless that was done before. */
async function prepare(
  running: RunningStack,
  { subdomain, company_name, catalogue }: (typeof SHOPS)[number],
): Promise<void> {
  const operator = new PlatformApi(running.edgeUrl, running.operatorToken)
  const made = await operator.call('POST', '/platform/v1/tenants', {
    company_name,
    subdomain,
    plan: 'premium',
    owner: { email: owner().email, first_name: 'Olga', last_name: 'Owner' },
  })
  if (made.status !== 202 && made.body?.code !== 'already_exists') {
    throw new Error(`${made.status} ${made.text}`)
  }
  const domain = `${subdomain}.localhost`
  const id = made.status === 202 ? made.body.id : await operator.idOf(domain)
  await operator.untilActive(id)
  const shop = new ShopApi(running.edgeUrl, domain)
  const { email, password } = owner()
  if (!await shop.signIn(email, password)) {
    await shop.acceptInvitation(await operator.inviteOwner(id), password)
  }
  if (!catalogue) return
  const { body } = await shop.call('GET', '/v1/products?limit=1')
  if (body.data.length > 0) return
  await shop.importCatalogue(readFileSync(join(ROOT, catalogue)))
}

/** The same owner for all demo shops; the password is made on the first start and kept beside the data. */
function owner(): { email: string; password: string } {
  const file = join(dir, 'demo-owner.json')
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    const made = { email: 'owner@demo.example', password: randomBytes(12).toString('base64url') }
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    writeFileSync(file, JSON.stringify(made) + '\n', { mode: 0o600 })
    return made
  }
}

function show(
  { edgePort }: RunningStack,
  { email, password }: { email: string; password: string },
  withoutDevVars?: string,
): void {
  const at = (host: string, path = '', port = edgePort) => `http://${host}:${port}${path}`
  console.log(`
  shop       ${at('demo.localhost', '/v1/products')}
  shop       ${at('atelier.localhost', '/v1/products')}   (empty)
  docs       ${at('demo.localhost', '/docs')}
  platform   ${at(PLATFORM_HOST, '/docs')}
  admin      ${email}   ${password}

  Sell something: npm run demo.   Stop: Ctrl-C.
  Work on the edge: ${
    withoutDevVars ?? `npx wrangler dev, then ${at('demo.localhost', '/v1/products', OWN_EDGE_PORT)}`
  }.
`)
  if (edgePort !== EDGE_PORT) {
    console.log(
      `  Port ${EDGE_PORT} is taken by another program: where the README says ${EDGE_PORT}, it is ${edgePort} here.\n`,
    )
  }
}
