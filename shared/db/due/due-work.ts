import { and, asc, eq, gt, inArray, lt, lte, notInArray, or, sql } from 'drizzle-orm'
import type { Database } from '../database.ts'
import { dueWork } from '../tables.ts'

/** A database that may have work. */
export type Place = { service: string; tenant: string }
export type Due = Place & { upkeepAt: Date; failures: number }

export const UPKEEP_EVERY_MS = 24 * 3_600_000
const ROWS_AT_ONCE = 500
/** So that one shop with all its services due never fills a batch. */
const CANDIDATES_PER_PLACE = 16
/** Longer than the making of a shop takes. */
const FORGET_AFTER_MS = 10 * 60_000

/**
 * The index of databases that may have work, kept in the platform's database: nobody has to look into all of them.
 * Whoever writes has it marked first, so that a crash at any point costs a look too many, never one that is missed.
 */
export class DueWork {
  readonly #platform: Database

  constructor(platform: Database) {
    this.#platform = platform
  }

  /** There will be a look into each of them between now and `at`, and another at `at` if that was before. */
  async promise(places: Place[], at: Date): Promise<void> {
    // In one order, so that processes that mark the same at once wait for one another rather than deadlock.
    const sorted = [...places].sort((a, b) => keyOf(a) < keyOf(b) ? -1 : 1)
    for (let i = 0; i < sorted.length; i += ROWS_AT_ONCE) {
      const rows = sorted.slice(i, i + ROWS_AT_ONCE).map((place) => rowOf(place, at, at))
      await this.#platform.transaction((db) =>
        db.insert(dueWork).values(rows).onDuplicateKeyUpdate({
          set: {
            due_at: sql`least(${dueWork.due_at}, values(${dueWork.due_at}))`,
            promised_at: sql`greatest(${dueWork.promised_at}, values(${dueWork.promised_at}))`,
          },
        })
      )
    }
  }

  /** Puts places on record that aren't: the first look into them is at `dueAt`. */
  async know(places: Place[], dueAt: () => Date): Promise<void> {
    for (let i = 0; i < places.length; i += ROWS_AT_ONCE) {
      const rows = places.slice(i, i + ROWS_AT_ONCE).map((place) => rowOf(place, dueAt(), new Date(0)))
      await this.#platform.executor.insert(dueWork).ignore().values(rows)
    }
  }

  /**
   * Takes what is due, longest due first and at most one place of a shop, until `leaseUntil`: other processes leave it
   * alone so long. Shops of `busy` are left out.
   */
  async claim(
    services: string[],
    busy: string[],
    limit: number,
    now: Date,
    leaseUntil: Date,
  ): Promise<Due[]> {
    return await this.#platform.transaction(async (db) => {
      const candidates = await db
        .select({
          service: dueWork.service,
          tenant: dueWork.tenant_id,
          upkeepAt: dueWork.upkeep_at,
          failures: dueWork.failures,
        })
        .from(dueWork)
        .where(and(
          inArray(dueWork.service, services),
          lte(dueWork.due_at, now),
          busy.length > 0 ? notInArray(dueWork.tenant_id, busy) : undefined,
        ))
        .orderBy(asc(dueWork.due_at))
        .limit(limit * CANDIDATES_PER_PLACE)
        .for('update', { skipLocked: true })
      const taken = oneOfEachShop(candidates).slice(0, limit)
      if (taken.length > 0) await db.update(dueWork).set({ due_at: leaseUntil }).where(anyOf(taken))
      return taken
    })
  }

  /** The looks go on: others keep away until then. */
  async renew(places: Place[], leaseUntil: Date): Promise<void> {
    await this.#platform.executor.update(dueWork).set({ due_at: leaseUntil })
      .where(and(anyOf(places), lt(dueWork.due_at, leaseUntil)))
  }

  /**
   * After a look that began at `lookedAt`, whatever came of it: the next is at `next` or for the upkeep, and sooner where
   * it was promised to somebody whose writes this look may not have seen.
   */
  async settle({ service, tenant, upkeepAt, failures }: Due, lookedAt: Date, next: Date): Promise<void> {
    const last = next < upkeepAt ? next : upkeepAt
    const isPromised = gt(dueWork.promised_at, lookedAt)
    await this.#platform.executor.update(dueWork).set({
      due_at: sql`if(${isPromised}, least(${param(last)}, ${dueWork.promised_at}), ${param(last)})`,
      upkeep_at: upkeepAt,
      failures,
    }).where(isPlace({ service, tenant }))
  }

  /** The shop is gone. Nothing happens while somebody relies on a look: the shop may be one that is being made. */
  async forget(place: Place, now: Date): Promise<void> {
    const before = new Date(now.getTime() - FORGET_AFTER_MS)
    await this.#platform.executor.delete(dueWork).where(and(isPlace(place), lt(dueWork.promised_at, before)))
  }

  /** What would be due until `until` is due now. */
  async hurry(services: string[], now: Date, until: Date): Promise<void> {
    await this.#platform.executor.update(dueWork).set({ due_at: now })
      .where(and(inArray(dueWork.service, services), gt(dueWork.due_at, now), lte(dueWork.due_at, until)))
  }
}

const keyOf = ({ service, tenant }: Place) => `${service}/${tenant}`
const param = (at: Date) => sql.param(at, dueWork.due_at)
const isPlace = ({ service, tenant }: Place) =>
  and(eq(dueWork.service, service), eq(dueWork.tenant_id, tenant))
const anyOf = (places: Place[]) => or(...places.map(isPlace))

const rowOf = ({ service, tenant }: Place, due_at: Date, promised_at: Date) => ({
  service,
  tenant_id: tenant,
  due_at,
  promised_at,
  // Anywhere in the day, so that shops don't all come at once.
  upkeep_at: new Date(due_at.getTime() + Math.random() * UPKEEP_EVERY_MS),
})

function oneOfEachShop<T extends Place>(places: T[]): T[] {
  const seen = new Set<string>()
  return places.filter(({ tenant }) => !seen.has(tenant) && seen.add(tenant))
}
