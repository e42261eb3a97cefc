import { PageView, type PageRow, type Progress } from '../../../../src-main/contract/index.js'
import type { Caller } from '../../../bridge/client.js'
import { listFrame } from '../../../state/rows.svelte.js'
import type { SessionView } from '../../../state/session.svelte.js'

/** Milliseconds between two looks at what has come. */
const PAUSE = 120
/** The same for the list, which is to be read. */
const CALM_PAUSE = 700
/** Newest rows that one look takes in, questions and answers: at thousands a second a sample of them. */
const SAMPLE = 120
/** Bytes of each message that are asked for, and characters shown. */
const HEAD = 240
const TEXT = 90
/** Messages that may wait for a lane; older ones are not shown. */
const MOST_WAITING = 24
/** Messages on the wall at once, whatever its size. */
export const MOST_FLYING = 120
/** Lines that the list shows. */
export const CALM_LINES = 40

export const speeds = ['slow', 'normal', 'fast'] as const
export const densities = ['few', 'some', 'many'] as const
export type Speed = (typeof speeds)[number]
export type Density = (typeof densities)[number]

/** Pixels a second. */
export const pixelsPerSecond: Readonly<Record<Speed, number>> = { slow: 60, normal: 110, fast: 210 }
/** Share of the lanes that are used. */
export const laneShare: Readonly<Record<Density, number>> = { few: 0.35, some: 0.7, many: 1 }

/** One message on the wall. */
export interface Flyer {
  readonly seq: number
  readonly source: number
  /** ms since 1970 */
  readonly time: number
  readonly text: string
  /** Whether its client has its answer. */
  readonly progress: Progress
}

/**
 * Messages of many clients as they come, as far as a person can read them: it pulls the newest few at its own pace, so it costs the same at
 * ten messages a second and at ten thousand, and it counts those that it does not show.
 */
export class Wall {
  readonly session: SessionView
  readonly #caller: Caller
  #speed = $state<Speed>('normal')
  #density = $state<Density>('some')
  #calm = $state(false)
  #paused = $state(false)
  #flying = $state.raw<readonly Flyer[]>([])
  #lines = $state.raw<readonly Flyer[]>([])
  #shown = $state(0)
  #came = $state(0)
  #waiting: readonly Flyer[] = []
  /** How many lanes can take one now; set by whoever draws. */
  room: () => number = () => 0
  #on = false
  #base = 0
  #seen = 0
  #revision = 0
  #asking = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(caller: Caller, session: SessionView) {
    this.#caller = caller
    this.session = session
  }

  get speed(): Speed {
    return this.#speed
  }
  set speed(speed: Speed) {
    this.#speed = speed
  }
  get density(): Density {
    return this.#density
  }
  set density(density: Density) {
    this.#density = density
  }
  /** A list that stands, in place of what moves. */
  get calm(): boolean {
    return this.#calm
  }
  set calm(calm: boolean) {
    this.#calm = calm
    this.#flying = []
    this.#waiting = []
    this.look()
  }
  get paused(): boolean {
    return this.#paused
  }
  set paused(paused: boolean) {
    this.#paused = paused
    this.look()
  }
  /** In the air now, oldest first. */
  get flying(): readonly Flyer[] {
    return this.#flying
  }
  /** The list's lines, newest first. */
  get lines(): readonly Flyer[] {
    return this.#lines
  }
  /** Questions that came since the wall is on, and those of them that it showed or is about to. */
  get came(): number {
    return this.#came
  }
  get shown(): number {
    return this.#shown
  }
  readonly missed: number = $derived(Math.max(0, this.#came - this.#shown))

  /** The wall comes into view: from now on. */
  start(): void {
    const { last, in: came } = this.session.numbers
    this.#on = true
    this.#seen = last
    this.#base = came.messages
    this.#came = this.#shown = 0
    this.#flying = []
    this.#lines = []
    this.#waiting = []
  }
  stop(): void {
    this.#on = false
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flying = []
  }

  /** Something may have come. Called for every pulse; looks a few times a second. */
  look(): void {
    if (!this.#on || this.#timer !== undefined || this.#asking) return
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        void this.#pull()
      },
      this.#calm ? CALM_PAUSE : PAUSE,
    )
  }

  /** It has left the wall. */
  gone(seqs: ReadonlySet<number>): void {
    this.#flying = this.#flying.filter(({ seq }) => !seqs.has(seq))
  }

  async #pull(): Promise<void> {
    const { last, revision, in: came } = this.session.numbers
    this.#came = Math.max(0, came.messages - this.#base)
    if (last < this.#seen) this.#seen = last
    if (this.#paused) {
      // What comes meanwhile is counted, and not shown later: the wall is about now.
      this.#seen = last
      return
    }
    this.#asking = true
    try {
      await this.#settle(revision)
      if (last > this.#seen) {
        const from = Math.max(this.#seen + 1, last - SAMPLE + 1)
        this.#seen = last
        const page = await this.#caller.call('session.page', {
          id: this.session.id,
          from,
          count: last - from + 1,
          head: HEAD,
        })
        this.#take([...new PageView(page)].filter((row) => row.direction === 'in' && !row.malformed).map(flyerOf))
      } else this.#take([])
    } catch {
      // The line is down, or the session gone: the next pulse looks again.
    } finally {
      this.#asking = false
    }
    if (this.#waiting.length > 0 || this.session.numbers.last > this.#seen) this.look()
  }

  #take(fresh: readonly Flyer[]): void {
    if (!this.#on || this.#paused) return
    if (this.#calm) {
      if (fresh.length === 0) return
      const lines = fresh.slice(-CALM_LINES).reverse()
      this.#shown += lines.length
      this.#lines = [...lines, ...this.#lines].slice(0, CALM_LINES)
      return
    }
    const before = this.#waiting.length
    const waiting = [...this.#waiting, ...spread(fresh, MOST_WAITING)].slice(-MOST_WAITING)
    const free = Math.min(this.room(), MOST_FLYING - this.#flying.length)
    const off = waiting.slice(0, Math.max(0, free))
    this.#waiting = waiting.slice(off.length)
    // Those that wait count as shown: they are about to be.
    this.#shown += this.#waiting.length + off.length - before
    if (off.length > 0) this.#flying = [...this.#flying, ...off]
  }

  /** Looks again at those that had no answer yet. */
  async #settle(revision: number): Promise<void> {
    if (revision === this.#revision) return
    const open = [...this.#flying, ...(this.#calm ? this.#lines : [])].filter(({ progress }) => progress === 'none')
    this.#revision = revision
    if (open.length === 0) return
    const seqs = new Uint8Array(Float64Array.from(open, ({ seq }) => seq).buffer)
    const page = await this.#caller.call('session.rows', { id: this.session.id, seqs, head: 0 })
    const told = new Map<number, Progress>()
    for (const { seq, progress } of new PageView(page)) if (progress !== 'none') told.set(seq, progress)
    if (told.size === 0) return
    const again = (flyer: Flyer): Flyer => {
      const progress = told.get(flyer.seq)
      return progress === undefined ? flyer : { ...flyer, progress }
    }
    this.#flying = this.#flying.map(again)
    this.#lines = this.#lines.map(again)
  }
}

function flyerOf({ seq, source, time, progress, frames }: PageRow): Flyer {
  const text = frames
    .map(({ bytes, size }) => listFrame(bytes, size > bytes.length))
    .map((frame) => frame.text + (frame.cut ? '…' : ''))
    .join(' │ ')
  return {
    seq,
    source,
    time,
    progress,
    text: [...text].length > TEXT ? `${[...text].slice(0, TEXT - 1).join('')}…` : text,
  }
}

/** At most `most` of them, evenly, the newest among them. */
function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all
  return Array.from({ length: most }, (_, i) => all[Math.floor(((i + 1) * all.length) / most) - 1] as T)
}

/** A hue for each client: neighbours in number are far apart in colour. Degrees. */
export const hueOf = (source: number): number => (source * 137.508) % 360
