import { LRUCache } from 'lru-cache'
import type { Tenant } from '../kernel/tenant.ts'

const TTL_MS = 30_000
/** A record is some hundred bytes. A region with more shops at once asks again for those it saw longest ago. */
const MAX_KEPT = 10_000

/** Shops' records as the directory has them, remembered for a while and for the shops last asked for. */
export class KnownTenants {
  readonly #find: (id: string) => Promise<Tenant | null>
  readonly #kept: LRUCache<string, Tenant>
  /** Questions on their way; news of a shop make the answer too old to be remembered. */
  readonly #asking = new Map<string, Promise<Tenant | undefined>>()

  constructor(find: (id: string) => Promise<Tenant | null>, maxKept = MAX_KEPT) {
    this.#find = find
    this.#kept = new LRUCache({ max: maxKept, ttl: TTL_MS })
  }

  /** Undefined for a shop that doesn't exist. That is never remembered: it may be made the next moment. */
  async get(id: string): Promise<Tenant | undefined> {
    return this.#kept.get(id) ?? await (this.#asking.get(id) ?? this.#ask(id))
  }

  /** The shop has changed. */
  forget(id: string): void {
    this.#kept.delete(id)
    this.#asking.delete(id)
  }

  get size(): number {
    return this.#kept.size
  }

  #ask(id: string): Promise<Tenant | undefined> {
    const asking = this.#find(id).then((tenant) => {
      if (tenant && this.#asking.get(id) === asking) this.#kept.set(id, tenant)
      return tenant ?? undefined
    }).finally(() => {
      if (this.#asking.get(id) === asking) this.#asking.delete(id)
    })
    this.#asking.set(id, asking)
    return asking
  }
}
