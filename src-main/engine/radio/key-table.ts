/**
 * Numbers byte strings in the order in which they are first seen, without making an object of any: a hash table over typed arrays, and one block of
 * memory for all keys. 100,000 topics look up in about 100 ns each.
 */
export class KeyTable {
  readonly limit: number
  #count = 0
  /** The key that was asked for last: mostly the next one is the same. */
  #last = -1
  #slots = new Int32Array(256).fill(-1)
  #hashes = new Int32Array(128)
  #starts = new Uint32Array(129)
  #bytes = new Uint8Array(4096)

  /** @param limit keys at most. */
  constructor(limit: number) {
    this.limit = limit
  }

  get count(): number {
    return this.#count
  }

  /** Number of the key that stands in `bytes` from `from` to `to`, made if it is new; -1 when it is and there is no room. */
  intern(bytes: Uint8Array, from: number, to: number): number {
    if (this.#last >= 0 && this.#equals(this.#last, bytes, from, to)) return this.#last
    const hash = hashOf(bytes, from, to)
    let slot = this.#slot(hash, bytes, from, to)
    const found = this.#slots[slot]!
    if (found >= 0) return (this.#last = found)
    if (this.#count >= this.limit) return -1
    if ((this.#count + 1) * 2 > this.#slots.length) {
      this.#rehash()
      slot = this.#slot(hash, bytes, from, to)
    }
    return (this.#last = this.#add(slot, hash, bytes, from, to))
  }

  /** Number of the key, or -1. */
  find(bytes: Uint8Array, from: number, to: number): number {
    return this.#slots[this.#slot(hashOf(bytes, from, to), bytes, from, to)]!
  }

  /** The bytes of key `n`, as a view. */
  key(n: number): Uint8Array {
    return this.#bytes.subarray(this.#starts[n], this.#starts[n + 1])
  }

  #slot(hash: number, bytes: Uint8Array, from: number, to: number): number {
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const n = this.#slots[slot]!
      if (n < 0 || (this.#hashes[n] === hash && this.#equals(n, bytes, from, to))) return slot
    }
  }

  #equals(n: number, bytes: Uint8Array, from: number, to: number): boolean {
    let at = this.#starts[n]!
    if (this.#starts[n + 1]! - at !== to - from) return false
    const own = this.#bytes
    for (let i = from; i < to; i++) if (own[at++] !== bytes[i]) return false
    return true
  }

  #add(slot: number, hash: number, bytes: Uint8Array, from: number, to: number): number {
    const n = this.#count++
    if (n >= this.#hashes.length) {
      this.#hashes = enlarged(this.#hashes, new Int32Array(n * 2))
      this.#starts = enlarged(this.#starts, new Uint32Array(n * 2 + 1))
    }
    const start = this.#starts[n]!
    const end = start + to - from
    if (end > this.#bytes.length) this.#bytes = enlarged(this.#bytes, new Uint8Array(Math.max(end, start * 2)))
    this.#bytes.set(bytes.subarray(from, to), start)
    this.#starts[n + 1] = end
    this.#hashes[n] = hash
    this.#slots[slot] = n
    return n
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1)
    const mask = slots.length - 1
    for (let n = 0; n < this.#count; n++) {
      let slot = this.#hashes[n]! & mask
      while (slots[slot]! >= 0) slot = (slot + 1) & mask
      slots[slot] = n
    }
    this.#slots = slots
  }
}

function enlarged<A extends Int32Array | Uint32Array | Uint8Array>(from: A, to: A): A {
  to.set(from)
  return to
}

/** FNV-1a, then stirred: the table looks at the low bits only. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5 | 0
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b3c6d) ^ (hash >>> 12)
}
