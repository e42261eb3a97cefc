import { crc32 } from 'node:zlib'

/** Slots of a new table; a power of two. */
const SLOTS = 1024

/**
 * Tasks by their content, for runs whose tasks carry no id: an open-addressing table in typed arrays. Of tasks with the same content those that were added first are
 * taken first, once for being started and once for being collected; when all were, the last one is given again.
 */
export class Contents {
  /** Tasks whose content another one had before: which of them came is a guess. */
  same = 0
  #keys = new Float64Array(SLOTS)
  /** Per slot: newest task of that content, the next one to be started, and to be collected. 0: the slot is empty. */
  #last = new Uint32Array(SLOTS)
  #start = new Uint32Array(SLOTS)
  #collect = new Uint32Array(SLOTS)
  #used = 0
  /** Of each task, the next one with the same content, or 0. */
  #next = new Uint32Array(SLOTS)
  /** What our workers have made of them. */
  #results: Contents | undefined

  /** @param key see `contentKey`. */
  add(key: number, task: number): void {
    while (task >= this.#next.length) this.#next = grown(this.#next)
    if (this.#used * 2 >= this.#keys.length) this.#rehash()
    const slot = this.#slot(key)
    if (this.#last[slot] === 0) {
      this.#keys[slot] = key
      this.#used++
      this.#start[slot] = this.#collect[slot] = task
    } else {
      this.same++
      const last = this.#last[slot]!
      this.#next[last] = task
      if (this.#start[slot] === 0) this.#start[slot] = task
      if (this.#collect[slot] === 0) this.#collect[slot] = task
    }
    this.#last[slot] = task
  }

  /** A worker of ours has made another content of the task: it is collected by that. */
  alias(key: number, task: number): void {
    this.#results ??= new Contents()
    this.#results.add(key, task)
  }

  /** The task that begins with such a message; 0: none. */
  start(key: number): number {
    return this.#take(this.#start, key)
  }

  /** The task that such a message is the result of; 0: none. */
  collect(key: number): number {
    return this.#results?.collect(key) || this.#take(this.#collect, key)
  }

  #take(cursors: Uint32Array, key: number): number {
    const slot = this.#slot(key)
    const last = this.#last[slot]!
    if (last === 0) return 0
    const task = cursors[slot]!
    if (task === 0) return last // one more than there are: a double
    cursors[slot] = task === last ? 0 : this.#next[task]!
    return task
  }

  #slot(key: number): number {
    const mask = this.#keys.length - 1
    let slot = (key ^ (key / 0x100000000)) & mask
    while (this.#last[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & mask
    return slot
  }

  #rehash(): void {
    const [keys, last, start, collect] = [this.#keys, this.#last, this.#start, this.#collect]
    const size = keys.length * 2
    this.#keys = new Float64Array(size)
    this.#last = new Uint32Array(size)
    this.#start = new Uint32Array(size)
    this.#collect = new Uint32Array(size)
    for (let i = 0; i < last.length; i++) {
      if (last[i] === 0) continue
      const slot = this.#slot(keys[i]!)
      this.#keys[slot] = keys[i]!
      this.#last[slot] = last[i]!
      this.#start[slot] = start[i]!
      this.#collect[slot] = collect[i]!
    }
  }
}

/** A number that stands for a message's content: a checksum, with its length and its number of frames. */
export function contentKey(frames: readonly Uint8Array[]): number {
  let sum = 0
  let bytes = frames.length
  for (const frame of frames) {
    sum = crc32(frame, sum)
    bytes = (bytes * 31 + frame.byteLength) & 0xfffff
  }
  return bytes * 0x100000000 + sum
}

function grown(old: Uint32Array): Uint32Array<ArrayBuffer> {
  const bigger = new Uint32Array(old.length * 2)
  bigger.set(old)
  return bigger
}
