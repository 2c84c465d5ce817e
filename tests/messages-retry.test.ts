import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import type { Ctx } from '../services/messages/needs.ts'
import { adminRetryFailedMessage } from '../services/messages/operations/failed-messages/admin-retry.ts'
import { adminRetryFailedMessages } from '../services/messages/operations/failed-messages/admin-retry-many.ts'
import { purgeFailedMessages } from '../services/messages/operations/failed-messages/purge.ts'
import { recordFailedMessage } from '../services/messages/operations/failed-messages/record.ts'
import { releaseFailedMessages } from '../services/messages/operations/failed-messages/release.ts'
import { failedMessages } from '../services/messages/schema.ts'
import messages from '../services/messages/service.ts'
import { Problem } from '../shared/errors/problem.ts'
import { type Id, newId } from '../shared/kernel/id.ts'
import { hostBeside } from './support/host-alone.ts'
import { newShop, type Shop } from './support/shops.ts'

let host: ReturnType<typeof hostBeside>
let shop: Shop

beforeAll(() => {
  host = hostBeside(messages, inject('platform'))
})
afterAll(() => host?.stop())
beforeEach(async () => {
  shop = await newShop()
})

/** The context of an operation, over a broker that does what the test says with each event. */
function ctxOver(republish: (nth: number) => Promise<void> = () => Promise.resolve()): Ctx {
  const ctx = host.contextOf<Ctx>(shop)
  let nth = 0
  return {
    tenant: ctx.tenant,
    db: ctx.db,
    log: ctx.log,
    now: () => ctx.now(),
    newId: (prefix: string) => ctx.newId(prefix),
    transaction: (work: never) => ctx.transaction(work),
    broker: { republish: () => republish(++nth) },
  } as unknown as Ctx
}

/** Failed messages, the oldest first. */
async function failed(count: number, failedAt = Date.now() - 60_000): Promise<void> {
  for (let i = 0; i < count; i++) {
    await recordFailedMessage(ctxOver(), {
      id: newId('letter'),
      consumer: 'orders__forget',
      subject: `events.s0.${shop.id}.auth.user.deleted`,
      payload: JSON.stringify({ id: newId('evt'), tenantid: shop.id }),
      reason: 'exhausted',
      code: 'handler_failed',
      pointers: [],
      attempts: 8,
      failed_at: new Date(failedAt + i).toISOString(),
    })
  }
}

const rows = () =>
  shop.rows<{ status: string; retries: number; waits: number }>(
    'messages',
    'SELECT status, retries, retry_until IS NOT NULL AS waits FROM failed_messages ORDER BY failed_at',
  )
const state = async () => (await rows()).map(({ status, retries, waits }) => `${status} ${retries} ${waits}`)
const many = { limit: 10 }

test('a retry of many that meets a broker that goes away counts what was sent, and gives back the rest', async () => {
  await failed(4)
  const ctx = ctxOver((nth) => nth === 3 ? Promise.reject(new Problem('unavailable')) : Promise.resolve())
  expect(await adminRetryFailedMessages(ctx, many)).toEqual({ retried: 2, has_more: true })
  expect(await state()).toEqual(['retrying 1 1', 'retrying 1 1', 'failed 0 0', 'failed 0 0'])
  await expect(adminRetryFailedMessages(ctxOver(() => Promise.reject(new Problem('unavailable'))), many))
    .rejects.toMatchObject({ code: 'unavailable' })
  expect(await state()).toEqual(['retrying 1 1', 'retrying 1 1', 'failed 0 0', 'failed 0 0'])
  expect(await adminRetryFailedMessages(ctxOver(), many)).toEqual({ retried: 2, has_more: false })
})

test('one that can’t be sent for what it is holds up none of the others', async () => {
  await failed(3)
  const ctx = ctxOver((nth) => nth === 1 ? Promise.reject(new Error('no')) : Promise.resolve())
  expect(await adminRetryFailedMessages(ctx, many)).toEqual({ retried: 2, has_more: true })
  expect(await state()).toEqual(['failed 0 0', 'retrying 1 1', 'retrying 1 1'])
})

test('what a crash left between taking and sending is failed again when its time is over', async () => {
  await failed(2)
  let reached = () => {}
  const isSending = new Promise<void>((resolve) => reached = resolve)
  void adminRetryFailedMessages(ctxOver(() => (reached(), new Promise(() => {}))), many)
  await isSending
  expect(await state()).toEqual(['retrying 1 1', 'retrying 1 1'])
  await releaseFailedMessages(ctxOver())
  expect(await state(), 'not before').toEqual(['retrying 1 1', 'retrying 1 1'])
  await shop.rows('messages', 'UPDATE failed_messages SET retry_until = retry_until - INTERVAL 1 DAY')
  await releaseFailedMessages(ctxOver())
  expect(await state()).toEqual(['failed 1 0', 'failed 1 0'])
})

test('two retries of many at once send each message once', async () => {
  await failed(6)
  let sent = 0
  const ctx = ctxOver(() => Promise.resolve(void sent++))
  const answers = await Promise.all([
    adminRetryFailedMessages(ctx, { limit: 100 }),
    adminRetryFailedMessages(ctx, { limit: 100 }),
  ])
  expect(sent).toBe(6)
  expect(answers[0].retried + answers[1].retried).toBe(6)
})

test('a single retry that can’t be sent leaves the message as it was', async () => {
  await failed(1)
  const ctx = ctxOver(() => Promise.reject(new Problem('unavailable')))
  const [{ id }] = await ctx.db.select({ id: failedMessages.id }).from(failedMessages) as [{ id: Id<'fail'> }]
  await expect(adminRetryFailedMessage(ctx, id)).rejects.toMatchObject({ code: 'unavailable' })
  expect(await state()).toEqual(['failed 0 0'])
})

test('failed messages have an end', async () => {
  await failed(2, Date.now() - 31 * 24 * 3_600_000)
  await failed(1)
  await purgeFailedMessages(ctxOver())
  expect(await rows()).toHaveLength(1)
})
