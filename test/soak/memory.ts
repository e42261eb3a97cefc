import { readdirSync } from 'node:fs'

/** Milliseconds between two samples. */
const EVERY = 1000
const MiB = 1024 * 1024

/** The process's memory over time: is there growth that does not end? */
export class MemoryWatch {
  readonly #samples: { minutes: number; bytes: number }[] = []
  readonly #began = performance.now()
  readonly #timer = setInterval(() => this.#sample(), EVERY)

  #sample(): void {
    this.#samples.push({ minutes: (performance.now() - this.#began) / 60_000, bytes: process.memoryUsage.rss() })
  }
  end(): void {
    clearInterval(this.#timer)
  }
  /** MiB. */
  get peak(): number {
    return Math.max(0, ...this.#samples.map(({ bytes }) => bytes)) / MiB
  }
  /** Minutes that were looked at: the later half, when pools, caches and journals are full. */
  get judged(): number {
    const half = this.#later()
    return half.length < 2 ? 0 : half.at(-1)!.minutes - half[0]!.minutes
  }
  /** MiB a minute in that time, least squares. */
  get slope(): number {
    const half = this.#later()
    const mean = (of: (sample: { minutes: number; bytes: number }) => number) =>
      half.reduce((sum, each) => sum + of(each), 0) / half.length
    const [x, y] = [mean(({ minutes }) => minutes), mean(({ bytes }) => bytes)]
    const spread = half.reduce((sum, { minutes }) => sum + (minutes - x) ** 2, 0)
    if (spread === 0) return 0
    return half.reduce((sum, { minutes, bytes }) => sum + (minutes - x) * (bytes - y), 0) / spread / MiB
  }
  #later() {
    return this.#samples.slice(Math.floor(this.#samples.length / 2))
  }
}

/** File descriptors of this process; 0 where the system does not say. */
export function descriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}
