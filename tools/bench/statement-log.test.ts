import { expect, test } from 'vitest'
import { countsOf, type Sent } from './statement-log.ts'

/** `connection: text`, a millisecond apart, the answer at 100. */
const sent = (...lines: string[]): Sent[] =>
  lines.map((line, at) => {
    const [connection, text] = line.split(/: (.*)/s)
    return { at, connection: Number(connection), user: 'orders_0', text: text! }
  })
const counts = (all: Sent[], answeredAt = 100) => {
  const { before, after } = countsOf(all, answeredAt)
  return [before.statements, before.commits, after.statements, after.commits]
}

test('a transaction is its statements and one commit', () => {
  expect(counts(sent('1: begin', '1: select 1', '1: insert into a values (1)', '1: commit'))).toEqual([
    2,
    1,
    0,
    0,
  ])
})

test('a transaction that is undone commits nothing', () => {
  expect(counts(sent('1: begin', '1: insert into a values (1)', '1: rollback'))).toEqual([1, 0, 0, 0])
})

test('a write outside of a transaction is a commit of its own, a read none', () => {
  expect(counts(sent('1: update a set b = 1', '1: select 1'))).toEqual([2, 1, 0, 0])
})

test('a transaction may begin without being told to, on a connection that was made so long before', () => {
  expect(counts(sent('1: select 1', '1: update a set b = 1', '1: commit', '1: select 2', '1: rollback')))
    .toEqual([
      3,
      1,
      0,
      0,
    ])
})

test('what came before a transaction that was told to begin is none of it', () => {
  expect(counts(sent('1: update a set b = 1', '1: begin', '1: select 1', '1: commit'))).toEqual([2, 2, 0, 0])
})

test('transactions of several connections at once are told apart', () => {
  expect(counts(sent('1: begin', '2: begin', '1: select 1', '2: select 2', '2: commit', '1: rollback')))
    .toEqual([
      2,
      1,
      0,
      0,
    ])
})

test("consumers and the outbox's marks come after the answer, however fast they are", () => {
  const consumer = [
    '2: begin',
    '2: insert ignore into `inbox` values (1)',
    '2: update a set b = 1',
    '2: commit',
  ]
  expect(counts(sent('1: select 1', ...consumer, '3: update `outbox` set published_at = 1'))).toEqual([
    1,
    0,
    3,
    2,
  ])
})

test('what changes the outbox among other things is no mark', () => {
  const erasure = ['1: begin', '1: delete from users', '1: update `outbox` set envelope = 1', '1: commit']
  expect(counts(sent(...erasure))).toEqual([2, 1, 0, 0])
})

test('what begins after the answer is none of it', () => {
  expect(counts(sent('1: select 1', '2: select 2'), 0.5)).toEqual([1, 0, 1, 0])
})

test("the scheduler's looks are nobody's", () => {
  expect(counts(sent('1: SET SESSION x = 1, /*M!100000 max_statement_time = 2 */', '1: select 1'))).toEqual([
    0,
    0,
    0,
    0,
  ])
})
