import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise'
import process from 'node:process'
import { registry } from '../services/registry.ts'
import { databaseName, userName } from '../shared/db/databases.ts'
import type { Answer } from '../tools/client/http.ts'
import { countsOf, type Sent, StatementLog } from '../tools/bench/statement-log.ts'
import { type Budget, type Budgets, readBudgets, writeCounted } from '../tools/generate/budget.ts'
import { CASES, type Request, UNREACHABLE } from './support/budget-cases.ts'
import { openScene, type Scene } from './support/budget-scene.ts'
import { type Operation, operations } from './support/contract.ts'
import { idsOf } from './support/filled-shop.ts'
import { ownPlatform } from './support/own-platform.ts'
import { bodyOf, pathOf } from './support/sample.ts'
import { newShop, operator } from './support/shops.ts'
import { until } from './support/until.ts'

/**
 * What each operation sends to the database server, as the server itself wrote it down, against tests/budget.json. A
 * change that makes it less is written there by `npm run generate` after this test; one that makes it more, by hand.
 * `BUDGET_SHOW=placeOrder npm test -- tests/budget.test.ts -t placeOrder` shows the statements.
 */
const SIZES = [1, 20, 'most'] as const
const MOST = [100, 50] as const
/** What else goes on in a region only ever adds to a count: one that is too much is made again. */
const ATTEMPTS = 5
const QUIET_MS = 150

const own = ownPlatform({ env: { SWEEP_EVERY_MS: '600000', CHECKOUT_LEASE_MS: '30000' } })
const budgets = readBudgets()
const counted: Budgets = {}
let scene: Scene
let log: StatementLog
let connection: Connection
const ids = new Map<string, string>()

beforeAll(async () => {
  scene = await openScene(await newShop({ on: own.running }))
  for (const [prefix, [first]] of await idsOf(scene.shop)) ids.set(prefix, first!)
  connection = await mysql.createConnection({ uri: own.running.databaseUrl })
  log = await StatementLog.open(own.running.databaseUrl)
})
afterAll(async () => {
  await log?.close()
  await connection?.end()
  if (Object.keys(budgets).every((name) => counted[name])) writeCounted(counted)
})

type Counted = { name: string; request: () => Promise<Request> }

function casesOf(operation: Operation): Counted[] {
  const { operationId: id } = operation
  const given = CASES[id] ?? (() => ({}))
  const named = typeof given === 'function' ? { '': given } : given
  // deno-lint-ignore no-explicit-any
  const limit = operation.spec.parameters?.find((each: any) => each.in === 'query' && each.name === 'limit')
  return Object.entries(named).flatMap(([title, make]) => {
    const name = title ? `${id}, ${title}` : id
    const request = async () => await make(scene)
    if (!limit) return [{ name, request }]
    return SIZES.map((size) => ({
      name: `${name}, ${size}`,
      async request() {
        const { path = pathOf(operation, ids), ...rest }: Request = await request()
        const limited = (limit: number) => `${path}${path.includes('?') ? '&' : '?'}limit=${limit}`
        if (size !== 'most') return { ...rest, path: limited(size) }
        // What a list gives at most is its own affair.
        const { status } = await ask(operation, { ...rest, path: limited(MOST[0]) })
        return { ...rest, path: limited(status === 422 ? MOST[1] : MOST[0]) }
      },
    }))
  })
}

const reachable = operations.filter((each) => !UNREACHABLE.has(each.operationId))
describe.each(reachable)('$operationId', (operation) => {
  test.for(casesOf(operation))(
    '$name: as many statements and commits as before',
    async ({ name, request }, context) => {
      const budget = budgets[name]
      for (let attempt = 1;; attempt++) {
        const sent = await sentBy(operation, await request())
        if (sent.status >= 300 && !budget && !CASES[operation.operationId]) {
          return context.skip(`answers ${sent.status} to what its contract has for examples: give it a case`)
        }
        expect(sent.status, sent.text).toBeLessThan(300)
        const count = leastOf(countOf(sent), counted[name])
        counted[name] = count
        const isWithin = budget !== undefined && excess(count, budget).length === 0
        if (process.env.BUDGET_SHOW && name.startsWith(process.env.BUDGET_SHOW)) show(name, count, sent)
        if (isWithin) {
          // What came out low by chance is not to become the budget.
          if (excess(budget, count).length > 0) {
            counted[name] = mostOf(count, countOf(await sentBy(operation, await request())))
          }
          return
        }
        if (attempt < (budget ? ATTEMPTS : 2)) continue
        expect(budget, `${name} has no budget yet: npm run generate gives it one`).toBeDefined()
        expect.fail(
          `${name} takes more than tests/budget.json allows: ${excess(count, budget!).join(', ')}\n${
            textOf(sent)
          }`,
        )
      }
    },
  )
})

test('every budget is one of an operation that is there', () => {
  const names = new Set(reachable.flatMap(casesOf).map(({ name }) => name))
  expect(Object.keys(budgets).filter((name) => !names.has(name))).toEqual([])
})

type Answered = { status: number; text: string; sent: Sent[]; answeredAt: number }

async function sentBy(operation: Operation, request: Request): Promise<Answered> {
  if ((await read(false)).length > 0) await quiet()
  await log.clear()
  const { status, text } = await ask(operation, request)
  const answeredAt = performance.timeOrigin + performance.now()
  // What only reads leaves nothing to wait for.
  if ((await read(false)).some(({ text }) => !/^select\b/i.test(text))) await quiet()
  const sent = await read(operation.document === 'platform')
  await log.clear()
  return { status, text, sent, answeredAt }
}

function ask(operation: Operation, request: Request): Promise<Answer> {
  const { path = pathOf(operation, ids), body = bodyOf(operation), headers } = request
  if (operation.document === 'platform') {
    return operator(own.running).call(operation.method, path, body, headers)
  }
  const client = request.as ?? (path.includes('/admin/') ? scene.owner : scene.customer)
  return client.call(operation.method, path, body, undefined, headers)
}

/** Of the shop alone, unless it is the platform that is asked. */
async function read(isPlatform: boolean): Promise<Sent[]> {
  const users = new Set(shopDatabases().map(userName))
  return (await log.read()).filter(({ user }) => isPlatform || users.has(user))
}

const shopDatabases = (): string[] =>
  registry.filter((each) => each.scope === 'tenant').map((each) => databaseName(scene.shop.id, each.name))

/** Nothing to be published any more, and nothing that is done because of what was. */
async function quiet(): Promise<void> {
  let before = -1
  await until('the region is quiet', async () => {
    const waiting = shopDatabases().map(() => 'SELECT COUNT(*) FROM ??.outbox WHERE published_at IS NULL')
    const [[row]] = await connection.query<RowDataPacket[]>(
      `SELECT ${waiting.map((each) => `(${each})`).join(' + ')} AS waiting`,
      shopDatabases(),
    )
    if (Number(row!.waiting) > 0) return false
    const sent = (await read(false)).length
    if (sent === before) return true
    before = sent
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
    return false
  })
}

function countOf({ sent, answeredAt }: Answered): Budget {
  const { before, after } = countsOf(sent, answeredAt)
  return {
    statements: before.statements,
    commits: before.commits,
    statements_after: after.statements,
    commits_after: after.commits,
  }
}

/** Figure by figure. */
function each(of: (...values: number[]) => number, a: Budget, b: Budget): Budget {
  const entries = Object.entries(a) as [keyof Budget, number][]
  return Object.fromEntries(entries.map(([key, value]) => [key, of(value, b[key])])) as Budget
}
const leastOf = (count: Budget, before = count) => each(Math.min, count, before)
const mostOf = (a: Budget, b: Budget) => each(Math.max, a, b)

const excess = (count: Budget, budget: Budget): string[] =>
  (Object.keys(count) as (keyof Budget)[]).filter((key) => count[key] > budget[key])
    .map((key) => `${count[key]} ${key} where ${budget[key]} are allowed`)

const textOf = ({ sent, answeredAt }: Answered): string =>
  sent.map(({ at, connection, user, text }) =>
    `${(at - answeredAt).toFixed(1).padStart(7)} ms  ${connection} ${user.split('_')[0]}: ${
      text.replace(/\s+/g, ' ').slice(0, 160)
    }`
  ).join('\n')

function show(name: string, count: Budget, answered: Answered): void {
  console.log(`${name}: ${JSON.stringify(count)}\n${textOf(answered)}`)
}
