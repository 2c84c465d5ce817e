/**
 * What waits for its turn, by whose it is: a shop, a database. Each key's items keep their order, and keys take
 * turns: one with a thousand items delays another's single one by one item, not by a thousand.
 */
export class FairQueue<K, T> {
  readonly #waiting = new Map<K, T[]>()
  #size = 0

  get size(): number {
    return this.#size
  }

  sizeOf(key: K): number {
    return this.#waiting.get(key)?.length ?? 0
  }

  add(key: K, item: T): void {
    this.#place(key, (items) => items.push(item))
  }

  /** For what was taken and could not be done yet: it is the first of its key again. */
  putBack(key: K, item: T): void {
    this.#place(key, (items) => items.unshift(item))
  }

  /** Takes the first item that may be taken, of the key that has waited longest; undefined when there is none. */
  take(may: (key: K, item: T) => boolean = () => true): { key: K; item: T } | undefined {
    for (const [key, items] of this.#waiting) {
      const at = items.findIndex((item) => may(key, item))
      if (at < 0) continue
      return this.#takeAt(key, items, at)
    }
  }

  /** Takes, in their order, up to `count` more items of one key that may be taken. */
  takeMore(key: K, count: number, may: (item: T) => boolean): T[] {
    const items = this.#waiting.get(key) ?? []
    const taken: T[] = []
    const left = items.filter((item) => taken.length >= count || !may(item) || !taken.push(item))
    this.#size -= taken.length
    if (left.length > 0) this.#waiting.set(key, left)
    else this.#waiting.delete(key)
    return taken
  }

  /** Takes the first item of the key that has waited longest, of those that may; undefined when there is none. */
  takeOf(may: (key: K) => boolean): { key: K; item: T } | undefined {
    for (const [key, items] of this.#waiting) {
      if (may(key)) return this.#takeAt(key, items, 0)
    }
  }

  /** A key that has had its turn comes after the others. */
  toTheEnd(key: K): void {
    const items = this.#waiting.get(key)
    if (!items) return
    this.#waiting.delete(key)
    this.#waiting.set(key, items)
  }

  /** Takes this very item, wherever it stands. */
  remove(key: K, item: T): void {
    const items = this.#waiting.get(key) ?? []
    const at = items.indexOf(item)
    if (at < 0) return
    items.splice(at, 1)
    this.#size--
    if (items.length === 0) this.#waiting.delete(key)
  }

  /** Takes what a key has beyond its first `count` items. */
  trim(key: K, count: number): T[] {
    const removed = this.#waiting.get(key)?.splice(count) ?? []
    this.#size -= removed.length
    if (this.sizeOf(key) === 0) this.#waiting.delete(key)
    return removed
  }

  /** Takes everything. */
  clear(): T[] {
    const all = [...this.#waiting.values()].flat()
    this.#waiting.clear()
    this.#size = 0
    return all
  }

  #takeAt(key: K, items: T[], at: number): { key: K; item: T } {
    const [item] = items.splice(at, 1) as [T]
    this.#size--
    if (items.length > 0) this.toTheEnd(key)
    else this.#waiting.delete(key)
    return { key, item }
  }

  #place(key: K, place: (items: T[]) => void): void {
    const items = this.#waiting.get(key) ?? []
    place(items)
    this.#waiting.set(key, items)
    this.#size++
  }
}
