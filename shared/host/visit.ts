import { isNull } from 'drizzle-orm'
import { type Due, UPKEEP_EVERY_MS } from '../db/due/due-work.ts'
import type { Executor } from '../db/database.ts'
import { earliest } from '../db/earliest.ts'
import { outbox } from '../db/tables.ts'
import type { Job, Service } from '../service/service.ts'

/** One job in one database. Upkeep has no `next`: it runs about once a day, and answers true when more is left. */
export type Work = {
  name: string
  next?: Job['next']
  /** While it stays due after a run, the pause until the next. */
  pauseMs: number
  run: () => Promise<unknown>
}

/** What became of a visit, for its row of the index. */
export type Outcome = { next: Date; upkeepAt: Date; failures: number }

const PAUSE_MS = 5_000
const MAX_PAUSE_MS = 10 * 60_000
const UPKEEP_PAUSE_MS = 1_000
const FAR = new Date(8.64e15)

/** When the oldest event is due that nobody has published. */
export const nextUnpublished = (db: Executor): Promise<Date | null> =>
  earliest(db, outbox.claimed_until, isNull(outbox.published_at))

/** The service's jobs as this database's work. */
export const workOf = (service: Service, run: (job: Job) => Promise<unknown>): Work[] =>
  service.jobs.map((job) => ({
    name: job.name,
    next: job.next,
    pauseMs: job.pauseMs ?? PAUSE_MS,
    run: () => run(job),
  }))

/** Twice as long after each failure. */
export const backOff = (failures: number): number =>
  Math.min(MAX_PAUSE_MS, 1_000 * 2 ** Math.min(failures, 20))

/**
 * Looks into one database, runs what is due there, and says when something is next. `look` may be slow and fail as
 * the database does: that is thrown. Work that fails is told to `onFailure`, holds up no other, and is tried again later.
 */
export async function visit(
  place: Due,
  works: Work[],
  means: {
    look: <T>(read: (db: Executor) => Promise<T>) => Promise<T>
    now: () => Date
    onFailure: (work: Work, error: unknown) => void
  },
): Promise<Outcome> {
  const { look, now } = means
  const seen = await look((db) => timesOf(db, works, now()))
  const isUpkeep = place.upkeepAt <= now()
  let [failed, isMore] = [false, false]
  const ran: Work[] = []
  for (const work of works) {
    if (work.next ? seen.get(work)! > now() : !isUpkeep) continue
    try {
      const answer = await work.run()
      if (!work.next && answer === true) isMore = true
    } catch (error) {
      means.onFailure(work, error)
      failed = true
      if (!work.next) isMore = true
    }
    if (work.next) ran.push(work)
  }
  const failures = failed ? place.failures + 1 : 0
  if (ran.length > 0) {
    const again = await look((db) => timesOf(db, ran, now()))
    for (const [work, at] of again) {
      const pauseMs = failed ? Math.max(work.pauseMs, backOff(failures)) : work.pauseMs
      seen.set(work, later(at, new Date(now().getTime() + pauseMs)))
    }
  }
  const next = [...seen.values()].reduce((a, b) => a < b ? a : b, FAR)
  if (!isUpkeep) return { next, upkeepAt: place.upkeepAt, failures }
  const pauseMs = !isMore ? UPKEEP_EVERY_MS : failed ? backOff(failures) : UPKEEP_PAUSE_MS
  return { next, upkeepAt: new Date(now().getTime() + pauseMs), failures }
}

const later = (a: Date, b: Date): Date => a > b ? a : b

async function timesOf(db: Executor, works: Work[], now: Date): Promise<Map<Work, Date>> {
  const times = new Map<Work, Date>()
  for (const work of works) if (work.next) times.set(work, await work.next(db, now) ?? FAR)
  return times
}
