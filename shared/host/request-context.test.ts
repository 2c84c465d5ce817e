import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Database } from '../db/database.ts'
import type { Claim } from '../db/idempotency.ts'
import { type Means, RequestContext } from './request-context.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A request under a key, and what became of its transaction. */
async function keyedUntil(deadline: number) {
  const [commit, rollback] = [vi.fn(), vi.fn()]
  const executor = {}
  const database = {
    executor,
    begin: async (work: (executor: object) => unknown) => ({
      value: await work(executor),
      executor,
      commit,
      rollback,
    }),
  } as unknown as Database
  const claim = {
    isCommitted: false,
    open: vi.fn(),
    insert: vi.fn(),
    settle: vi.fn(),
    close: vi.fn(),
    keep: vi.fn(),
  }
  const means = { relay: { committed: () => {} } } as unknown as Means
  const ctx = new RequestContext(means, {
    tenant: { id: 'acme' } as never,
    actor: { type: 'visitor' },
    origin: { id: 'req', correlationId: 'req' },
    database,
  })
  await ctx.begin(claim as unknown as Claim, deadline)
  return { ctx, commit, rollback, claim }
}

test('what is done in time commits with its answer', async () => {
  const { ctx, commit, rollback, claim } = await keyedUntil(Date.now() + 50)
  expect(await ctx.transaction(() => Promise.resolve('done'))).toBe('done')
  expect(commit).not.toHaveBeenCalled()
  await ctx.settle({ status: 201, headers: {}, body: '' })
  expect([claim.settle, commit, rollback].map((each) => each.mock.calls.length)).toEqual([1, 1, 0])
})

test('a transaction whose request’s time ended while it ran is undone, however long the request goes on', async () => {
  const { ctx, commit, rollback } = await keyedUntil(Date.now() + 50)
  let finish = () => {}
  const working = ctx.transaction(() => new Promise<void>((resolve) => finish = resolve))
  const outcome = expect(working).rejects.toMatchObject({ code: 'upstream_timeout' })
  await vi.advanceTimersByTimeAsync(60)
  finish()
  await outcome
  expect([commit, rollback].map((each) => each.mock.calls.length)).toEqual([0, 1])
})

test('one that waits for its answer when the time ends is undone then', async () => {
  const { ctx, commit, rollback } = await keyedUntil(Date.now() + 50)
  await ctx.transaction(() => Promise.resolve())
  await vi.advanceTimersByTimeAsync(60)
  expect([commit, rollback].map((each) => each.mock.calls.length)).toEqual([0, 1])
  await expect(ctx.transaction(() => Promise.resolve())).rejects.toMatchObject({ code: 'upstream_timeout' })
})
