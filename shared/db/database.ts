import { type Client, clientOver, type Executor, executorOf, executorOver } from './executor.ts'
import type { Pools, Target } from './pools.ts'
import { errorOf } from './sql-errors.ts'

export { type Executor, executorOf, extend } from './executor.ts'
export { affectedRows, arg, argsOf, prepared, preparedRows, preparedSql } from './prepared.ts'
export {
  isContended,
  isDuplicate,
  isLockTimeout,
  isUnavailable,
  isUnstorable,
  notFoundWithoutParent,
} from './sql-errors.ts'

/** A transaction whose work is done and not decided on yet. */
export type OpenTransaction<T> = {
  value: T
  executor: Executor
  commit(): Promise<void>
  rollback(): Promise<void>
}

/** Makes known, before a transaction commits, that it may leave work behind. Nothing to wait for: it is known. */
export type Mark = { ensure(): Promise<void> | undefined }

const MAX_ATTEMPTS = 4
/** Each has waited for its lock for seconds already. */
const MAX_ATTEMPTS_AFTER_WAITING = 2

/** A tenant's database of one service. */
export class Database {
  readonly executor: Executor
  readonly #pools: Pools
  readonly #target: Target
  readonly #mark?: Mark

  constructor(pools: Pools, target: Target, mark?: Mark) {
    this.#pools = pools
    this.#target = target
    this.#mark = mark
    this.executor = executorOver({
      query: (...args) => this.#run((client) => client.query(...args)),
      run: (...args) => this.#run((client) => client.run(...args)),
    })
  }

  /**
   * Runs `work` in one transaction, on an executor made for it. A deadlock rolls back and runs it again, at most
   * 3 times, a lock time-out once: `work` must have no effect but through that executor.
   */
  async transaction<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    const open = await this.begin(work)
    await open.commit()
    return open.value
  }

  /**
   * Like `transaction`, but leaves it to the caller whether what `work` did is kept: one of `commit` and `rollback` has
   * to be called, once, or the connection is never given back.
   */
  async begin<T>(work: (executor: Executor) => Promise<T>): Promise<OpenTransaction<T>> {
    for (let attempt = 1;; attempt++) {
      try {
        return await this.#once(work)
      } catch (error) {
        if (attempt >= attemptsAfter(error)) throw error
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt))
      }
    }
  }

  async #once<T>(work: (executor: Executor) => Promise<T>): Promise<OpenTransaction<T>> {
    void this.#mark?.ensure() // goes on beside the work
    const pooled = await this.#pools.acquire(this.#target, 'transaction')
    const executor = executorOf(pooled.connection)
    const rollback = async () => {
      const isClean = await pooled.connection.query('rollback').then(() => true, () => false)
      if (isClean) this.#pools.release(pooled)
      else this.#pools.discard(pooled)
    }
    const commit = async () => {
      try {
        await this.#mark?.ensure()
        await pooled.connection.query('commit')
      } catch (error) {
        await rollback()
        throw error
      }
      this.#pools.release(pooled)
      void this.#mark?.ensure() // in case the commit took longer than the mark counts
    }
    try {
      return { value: await work(executor), executor, commit, rollback }
    } catch (error) {
      await rollback()
      throw error
    }
  }

  async #run<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const pooled = await this.#pools.acquire(this.#target)
    try {
      return await use(clientOver(pooled.connection))
    } finally {
      this.#pools.release(pooled)
    }
  }
}

function attemptsAfter(error: unknown): number {
  const { errno } = errorOf(error)
  if (errno === 1213) return MAX_ATTEMPTS
  return errno === 1205 ? MAX_ATTEMPTS_AFTER_WAITING : 1
}
