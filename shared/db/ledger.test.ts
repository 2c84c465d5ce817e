import { expect, test } from 'vitest'
import { applyMigrations, type Migration, statementsOf } from './ledger.ts'

test('a script is split at its semicolons, not at those of texts, names and comments', () => {
  const script = `-- first; a comment
    CREATE TABLE \`a;b\` (x INT); # more; of it
    INSERT INTO t VALUES ('it''s; "so"', "a\\";", 1); /* not; this */
    /*!80000 SELECT 1 */;
    ALTER TABLE t ADD y INT`
  expect(statementsOf(script)).toEqual([
    'CREATE TABLE `a;b` (x INT)',
    `INSERT INTO t VALUES ('it''s; "so"', "a\\";", 1)`,
    '/*!80000 SELECT 1 */',
    'ALTER TABLE t ADD y INT',
  ])
  expect(statementsOf(' ;;\n-- only a comment\n')).toEqual([])
})

type Row = {
  name: string
  checksum: string
  statements_done: number
  error: string | null
  applied_at: unknown
}

/** A server that keeps a ledger and the statements it ran, and ends or refuses where it is told. */
class FakeServer {
  ledger: Row[] = []
  ran: string[] = []
  /** Before or after which statement the connection is lost. */
  lost?: { statement: string; after: boolean }
  refuses: Record<string, number> = {}

  // deno-lint-ignore require-await
  async query(script: string): Promise<unknown> {
    for (const statement of statementsOf(script)) this.#run(statement)
    return [/^SELECT/.test(script) ? structuredClone(this.ledger) : {}, []]
  }

  #run(statement: string): void {
    const name = /name = '([^']+)'/.exec(statement)?.[1]
    const row = this.ledger.find((each) => each.name === name)
    if (/^INSERT INTO migrations/.test(statement)) {
      const [, name, checksum] = /'([^']+)', '([^']+)', 0/.exec(statement)!
      this.ledger.push({
        name: name!,
        checksum: checksum!,
        statements_done: 0,
        error: null,
        applied_at: null,
      })
    } else if (/^UPDATE migrations/.test(statement)) {
      const done = /statements_done = (\d+)/.exec(statement)?.[1]
      if (done) row!.statements_done = Number(done)
      if (/error = NULL/.test(statement)) row!.error = null
      else if (/error = '/.test(statement)) row!.error = 'refused'
      if (/applied_at/.test(statement)) row!.applied_at = 'now'
    } else if (/^[a-z]/.test(statement)) {
      const isLost = this.lost?.statement === statement
      if (isLost && !this.lost!.after) throw new Error('lost')
      const errno = this.ran.includes(statement) ? 1050 : this.refuses[statement]
      if (errno) throw Object.assign(new Error(`refused ${statement}`), { errno })
      this.ran.push(statement)
      if (isLost) throw new Error('lost')
    }
  }
}

const first: Migration = { name: '0001', checksum: 'x', sql: 'a; b; c;' }
const second: Migration = { name: '0002', checksum: 'y', sql: 'd;' }
const run = (server: FakeServer, migrations = [first, second]) =>
  applyMigrations(server as never, 'db', migrations)

test('each migration is applied once, statement by statement', async () => {
  const server = new FakeServer()
  expect(await run(server)).toEqual(['0001', '0002'])
  expect(await run(server)).toEqual([])
  expect(server.ran).toEqual(['a', 'b', 'c', 'd'])
})

test.each(
  ['a', 'b', 'c', 'd'].flatMap((statement) => [{ statement, after: false }, { statement, after: true }]),
)(
  'a run that is lost at $statement (after its effect: $after) is gone on with, and nothing is run twice',
  async (lost) => {
    const server = new FakeServer()
    server.lost = lost
    await expect(run(server)).rejects.toThrow('lost')
    server.lost = undefined
    await run(server)
    expect(server.ran).toEqual(['a', 'b', 'c', 'd'])
    expect(server.ledger.map((row) => [row.statements_done, row.applied_at])).toEqual([[3, 'now'], [
      1,
      'now',
    ]])
  },
)

test('a statement that the server refused is not taken for done later', async () => {
  const server = new FakeServer()
  server.refuses = { b: 1050 } // the table of somebody else
  await expect(run(server)).rejects.toThrow('refused b')
  await expect(run(server)).rejects.toThrow('refused b')
  expect(server.ledger[0]).toMatchObject({ statements_done: 1, error: 'refused', applied_at: null })
  server.refuses = {}
  await run(server)
  expect(server.ran).toEqual(['a', 'b', 'c', 'd'])
})

test('an old release accepts what a newer one has applied, and applies nothing over it', async () => {
  const server = new FakeServer()
  await run(server)
  expect(await run(server, [first])).toEqual([])
  expect(server.ledger).toHaveLength(2)
})

test('a migration that was changed after it had been begun is refused', async () => {
  const server = new FakeServer()
  await run(server, [first])
  await expect(run(server, [{ ...first, checksum: 'z' }])).rejects.toThrow('0001 was changed')
})
