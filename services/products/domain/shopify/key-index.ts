/**
 * A number for each text, without keeping the texts: 500,000 of them take 12 MB instead of 100. Two texts of the same
 * 53-bit hash count as one, which happens once in 100,000 files of that size.
 */
export class KeyIndex {
  #hashes = new Float64Array(1024)
  #values = new Uint32Array(1024)
  #size = 0

  /** What was set for this text, or undefined. */
  get(text: string): number | undefined {
    const at = this.#slot(hashOf(text))
    return this.#hashes[at] === 0 ? undefined : this.#values[at]
  }

  set(text: string, value: number): void {
    const hash = hashOf(text)
    const at = this.#slot(hash)
    if (this.#hashes[at] === 0 && ++this.#size > this.#hashes.length / 2) {
      this.#grow()
      return this.#put(hash, value)
    }
    this.#hashes[at] = hash
    this.#values[at] = value
  }

  #put(hash: number, value: number): void {
    const at = this.#slot(hash)
    this.#hashes[at] = hash
    this.#values[at] = value
  }

  #slot(hash: number): number {
    const mask = this.#hashes.length - 1
    let at = (hash % 0x1_0000_0000) & mask
    while (this.#hashes[at] !== 0 && this.#hashes[at] !== hash) at = (at + 1) & mask
    return at
  }

  #grow(): void {
    const [hashes, values] = [this.#hashes, this.#values]
    this.#hashes = new Float64Array(hashes.length * 2)
    this.#values = new Uint32Array(hashes.length * 2)
    hashes.forEach((hash, at) => hash !== 0 && this.#put(hash, values[at]!))
  }
}

/** Of this process alone, so that nobody can write texts that all have one hash: each would be compared with all before. */
const [SEED_LOW, SEED_HIGH] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number]

/** 1 to 2^53 − 1. Two multiplicative hashes side by side, each mixed at its end. */
function hashOf(text: string): number {
  let low = SEED_LOW
  let high = SEED_HIGH
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high + unit, 0xc2b2ae3d) ^ (high >>> 15)
  }
  low = Math.imul(low ^ (low >>> 16), 0x7feb352d)
  high = Math.imul(high ^ (high >>> 13), 0x846ca68b) ^ low
  return ((high >>> 11) * 0x1_0000_0000 + ((low ^ (low >>> 15)) >>> 0)) || 1
}
