import type { Connection } from 'mysql2/promise'
import { expect, test } from 'vitest'
import { executorOf } from './database.ts'
import { Claim } from './idempotency.ts'

/** A server that refuses every statement. */
function refusing(errno: number) {
  const refuse = () => Promise.reject(Object.assign(new Error('refused'), { errno }))
  return executorOf({ prepare: () => Promise.resolve({ execute: refuse }) } as unknown as Connection)
}
const claim = () => new Claim(Buffer.alloc(32, 1), Buffer.alloc(32, 2))

test('a key whose row another process has written and not committed for seconds is in progress', async () => {
  await expect(claim().insert(refusing(1205))).rejects.toMatchObject({ code: 'request_in_progress' })
})

test('a deadlock is left to whoever runs the transaction, which tries again', async () => {
  await expect(claim().insert(refusing(1213))).rejects.toMatchObject({ cause: { errno: 1213 } })
})
