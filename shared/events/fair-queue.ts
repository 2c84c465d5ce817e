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
      const [item] = items.splice(at, 1) as [T]
      this.#size--
      this.#waiting.delete(key)
      if (items.length > 0) this.#waiting.set(key, items)
      return { key, item }
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

  #place(key: K, place: (items: T[]) => void): void {
    const items = this.#waiting.get(key) ?? []
    place(items)
    this.#waiting.set(key, items)
    this.#size++
  }
}
