import { z } from '@hono/zod-openapi'
import type { Connection } from 'mysql2/promise'
import { expect, test } from 'vitest'
import { executorOf } from '../db/database.ts'
import { idFromBytes, newId } from '../kernel/id.ts'
import { defineEvent } from './event.ts'
import { markPublished, toRow } from './outbox.ts'

const event = defineEvent('orders.order.confirmed', {
  version: 3,
  summary: 'An order is confirmed',
  subject: 'order_id',
  data: z.object({ order_id: z.string(), note: z.string().default('none') }),
})
const origin = {
  service: 'orders',
  tenant: { id: 'acme-1', website: 'site', shard: 's0' },
  request: { correlationId: 'req_1', causationId: 'evt_0' },
}
const now = new Date('2026-01-02T03:04:05.678Z')

test('an event becomes a row with its subject and a complete envelope', () => {
  const { id, subject, envelope } = toRow(origin, event, { order_id: 'o1' }, now)
  expect(subject).toBe('events.s0.acme-1.orders.order.confirmed')
  expect(JSON.parse(envelope)).toEqual({
    specversion: '1.0',
    id,
    source: '/services/orders',
    type: 'orders.order.confirmed',
    time: '2026-01-02T03:04:05.678Z',
    subject: 'o1',
    datacontenttype: 'application/json',
    dataversion: 3,
    tenantid: 'acme-1',
    websiteid: 'site',
    correlationid: 'req_1',
    causationid: 'evt_0',
    data: { order_id: 'o1', note: 'none' },
  })
})

test('data that the event does not promise stops the transaction', () => {
  expect(() => toRow(origin, event, { order_id: 1 } as never, now)).toThrow(z.ZodError)
})

test('an event that no broker would take is refused before it is written', () => {
  expect(() => toRow(origin, event, { order_id: 'o1', note: 'é'.repeat(500_000) }, now)).toThrow(RangeError)
})

test.each([[1, 1], [3, 4], [20, 64], [64, 64]])(
  '%i rows are marked by one statement for %i',
  async (rows, size) => {
    const asked: { sql: string; values: unknown[] }[] = []
    const executor = executorOf({
      prepare: (sql: string) =>
        Promise.resolve({ execute: (values: unknown[]) => Promise.resolve([asked.push({ sql, values })]) }),
    } as unknown as Connection)
    const ids = Array.from({ length: rows }, () => newId('evt'))
    await markPublished(executor, ids, 7, now)
    expect(asked).toHaveLength(1)
    const [{ sql, values }] = asked as [typeof asked[number]]
    expect(sql.match(/\?/g)).toHaveLength(size + 2)
    const named = values.slice(2).map((bytes) => idFromBytes('evt', bytes as Uint8Array))
    expect(new Set(named), 'all of them, and nothing else').toEqual(new Set(ids))
  },
)
