import { and, eq, isNull } from 'drizzle-orm'
import { randomBytes } from 'node:crypto'
import { Problem } from '../errors/problem.ts'
import { type Id, newId } from '../kernel/id.ts'
import {
  affectedRows,
  arg,
  type Database,
  type Executor,
  isLockTimeout,
  prepared,
  preparedRows,
} from './database.ts'
import { idempotencyKeys as keys } from './tables.ts'

/** How long a request that wrote something keeps its key without a sign of life. */
const LEASE_MS = 3_000
const BEAT_MS = 1_000

/** What a request with a key came to, to be told again. Holds no secret: only these headers are kept. */
export type Outcome = { status: number; headers: Record<string, string>; body: string }

const insert = preparedRows(keys, { ignore: true })
const find = prepared((db) => db.select().from(keys).where(eq(keys.key_hash, arg(keys.key_hash, 'key_hash'))))
const isMine = and(
  eq(keys.key_hash, arg(keys.key_hash, 'key_hash')),
  eq(keys.attempt, arg(keys.attempt, 'attempt')),
  isNull(keys.status),
)
const settle = prepared((db) =>
  db.update(keys).set({
    status: arg(keys.status, 'status'),
    headers: arg(keys.headers, 'headers'),
    body: arg(keys.body, 'body'),
    request_hash: arg(keys.request_hash, 'request_hash'),
  }).where(isMine)
)
const remove = prepared((db) => db.delete(keys).where(isMine))
const extendLease = prepared((db) =>
  db.update(keys).set({ locked_until: arg(keys.locked_until, 'locked_until') }).where(isMine)
)

type Row = typeof keys.$inferSelect

/**
 * One request's hold on its Idempotency-Key. The row is inserted by the first transaction of the request and gets its
 * outcome by the last: what was done and that it was done commit together. Between the two, in requests of several
 * transactions, the row is a lease with a heartbeat; whoever finds it expired goes on under the same operation id.
 */
export class Claim {
  readonly key_hash: Buffer
  readonly request_hash: Buffer
  readonly #attempt = randomBytes(16)
  #operationId: Id<'op'> = newId('op')
  #isCommitted = false
  #beat?: ReturnType<typeof setInterval>

  readonly #whole?: () => Promise<Buffer>

  /** `whole`: of a request whose body is read by its operation, the hash with the body, to be compared in the end. */
  constructor(key_hash: Buffer, request_hash: Buffer, whole?: () => Promise<Buffer>) {
    this.key_hash = key_hash
    this.request_hash = request_hash
    this.#whole = whole
  }

  /** The same for every attempt at the request. */
  get operationId(): Id<'op'> {
    return this.#operationId
  }

  /** Whether a transaction of this request, or of an earlier attempt at it, has committed. */
  get isCommitted(): boolean {
    return this.#isCommitted
  }

  /**
   * What an earlier request with this key came to; undefined: this one is to run. Throws `request_in_progress` while
   * another runs and `idempotency_key_reused` when that one asked for something else.
   */
  async open(db: Executor): Promise<Outcome | undefined> {
    const [row] = await find(db, { key_hash: this.key_hash })
    if (!row) return undefined
    const outcome = await this.#outcomeOf(row)
    if (outcome) return outcome
    if (row.locked_until.getTime() > Date.now() || !await this.#takeOver(db, row)) throw inProgress()
    this.#operationId = row.operation_id
    this.#isCommitted = true
  }

  /** Part of the request's first transaction. Throws as `open` does when another request was faster. */
  async insert(executor: Executor): Promise<void> {
    const now = new Date()
    const result = await insert(executor, [{
      key_hash: this.key_hash,
      request_hash: this.request_hash,
      operation_id: this.#operationId,
      attempt: this.#attempt,
      locked_until: leaseFrom(now),
      created_at: now,
    }]).catch((error) => {
      // Another process has written the row, and is not at its answer yet.
      throw isLockTimeout(error) ? inProgress() : error
    })
    if (affectedRows(result) === 1) return
    const [row] = await find(executor, { key_hash: this.key_hash })
    const outcome = row && await this.#outcomeOf(row)
    throw outcome ? new AlreadyDone(outcome) : inProgress()
  }

  /** The transaction with the row has committed, and another one follows: the key is kept, until `deadline` at most. */
  keep(database: Database, deadline: number): void {
    this.#isCommitted = true
    this.#beat ??= setInterval(() => {
      if (Date.now() > deadline) return this.close()
      extendLease(database.executor, { ...this.#mine, locked_until: leaseFrom(new Date()) }).catch(() => {})
    }, BEAT_MS)
  }

  /** Throws `request_in_progress` when another attempt has taken the key over meanwhile: nothing may commit then. */
  async settle(executor: Executor, outcome: Outcome): Promise<void> {
    const request_hash = await this.#whole?.() ?? this.request_hash
    const result = await settle(executor, { ...this.#mine, ...outcome, request_hash })
    if (affectedRows(result) === 0) throw inProgress()
  }

  /** Instead of `settle`: what was done stays, and the key is free again. */
  async forget(executor: Executor): Promise<void> {
    if (affectedRows(await remove(executor, this.#mine)) === 0) throw inProgress()
  }

  /** Lets the next attempt go on at once, if there is anything to go on with. */
  async release(database: Database): Promise<void> {
    if (!this.#isCommitted) return
    await extendLease(database.executor, { ...this.#mine, locked_until: new Date() })
  }

  close(): void {
    clearInterval(this.#beat)
  }

  get #mine() {
    return { key_hash: this.key_hash, attempt: this.#attempt }
  }

  async #outcomeOf(row: Row): Promise<Outcome | undefined> {
    const own = row.status === null ? this.request_hash : await this.#whole?.() ?? this.request_hash
    if (!own.equals(row.request_hash)) throw new Problem('idempotency_key_reused')
    if (row.status === null) return undefined
    return { status: row.status, headers: row.headers ?? {}, body: row.body ?? '' }
  }

  async #takeOver(db: Executor, row: Row): Promise<boolean> {
    const result = await db.update(keys).set({ attempt: this.#attempt, locked_until: leaseFrom(new Date()) })
      .where(and(eq(keys.key_hash, this.key_hash), eq(keys.attempt, row.attempt), isNull(keys.status)))
    return affectedRows(result) === 1
  }
}

/** Ends the work of a request whose answer turned out to be known already. */
export class AlreadyDone extends Error {
  readonly outcome: Outcome
  constructor(outcome: Outcome) {
    super('the key has an answer already')
    this.outcome = outcome
  }
}

const leaseFrom = (now: Date) => new Date(now.getTime() + LEASE_MS)
const inProgress = () => new Problem('request_in_progress', undefined, {}, { 'retry-after': '1' })
