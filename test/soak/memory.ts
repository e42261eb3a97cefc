import { readdirSync } from 'node:fs'
import { collect, trim } from '../helpers/memory.js'

/** Milliseconds between two samples. */
const EVERY = 1000
/**
 * Samples of which the lowest counts, and after which the collector is called: what is not collected yet is no growth, and by itself it comes late where there is room. What is really kept
 * lifts the lowest too.
 */
const BUCKET = 10
const MiB = 1024 * 1024

/** What the memory is, as far as Node tells it: its heap, what JavaScript holds outside it, and all else (libzmq, code, arenas). */
const parts = ['rss', 'heap', 'buffers', 'rest'] as const
type Part = (typeof parts)[number]
type Sample = { readonly minutes: number } & Readonly<Record<Part, number>>

/** The process's memory over time: is there growth that does not end? */
export class MemoryWatch {
  readonly #samples: Sample[] = []
  readonly #began = performance.now()
  readonly #bucket: number
  readonly #timer: NodeJS.Timeout | undefined

  /** @param alike whether it is told when to take a sample, each time when there is as much to be held; else it takes one by itself now and then, and more or less may be held by the way */
  constructor(alike = false) {
    this.#bucket = alike ? 1 : BUCKET
    if (!alike) this.#timer = setInterval(() => this.sample(), EVERY)
  }

  sample(): void {
    if (this.#samples.length % this.#bucket === this.#bucket - 1) collect()
    trim()
    const { rss, heapTotal, external } = process.memoryUsage()
    const minutes = (performance.now() - this.#began) / 60_000
    this.#samples.push({ minutes, rss, heap: heapTotal, buffers: external, rest: rss - heapTotal - external })
  }
  end(): void {
    clearInterval(this.#timer)
  }
  /** MiB. */
  get peak(): number {
    return Math.max(0, ...this.#samples.map(({ rss }) => rss)) / MiB
  }
  /** Minutes that were looked at: the later half, when pools, caches and journals are full. */
  get judged(): number {
    const half = this.#later()
    return half.length < 2 ? 0 : half.at(-1)!.minutes - half[0]!.minutes
  }
  /** MiB a minute in that time. */
  get slope(): number {
    return this.#slope('rss')
  }
  /** The same of each part, in words: where growth is, if there is any. */
  get slopes(): string {
    return parts.map((part) => `${part} ${this.#slope(part).toFixed(2)}`).join(', ')
  }

  /** Least squares over the lowest of each bucket. */
  #slope(part: Part): number {
    const later = this.#later()
    const lowest = Array.from({ length: Math.floor(later.length / this.#bucket) }, (_, i) =>
      later
        .slice(i * this.#bucket, (i + 1) * this.#bucket)
        .reduce((low, each) => (each[part] < low[part] ? each : low)),
    )
    const mean = (of: (sample: Sample) => number) => lowest.reduce((sum, each) => sum + of(each), 0) / lowest.length
    const [x, y] = [mean(({ minutes }) => minutes), mean((sample) => sample[part])]
    const spread = lowest.reduce((sum, { minutes }) => sum + (minutes - x) ** 2, 0)
    if (spread === 0) return 0
    return lowest.reduce((sum, sample) => sum + (sample.minutes - x) * (sample[part] - y), 0) / spread / MiB
  }
  #later(): readonly Sample[] {
    return this.#samples.slice(Math.floor(this.#samples.length / 2))
  }
}

/** File descriptors of this process; 0 where the system does not say. */
export function descriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}
