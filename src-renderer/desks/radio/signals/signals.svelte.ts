import type {
  FaultShape,
  Place,
  RadioSettings,
  Signal,
  SignalStatistics,
  TopicKey,
} from '../../../../src-main/contract/index.js'
import type { Caller } from '../../../bridge/client.js'
import type { SessionView } from '../../../state/session.svelte.js'
import { faultOf } from '../../../state/workbench.svelte.js'

/** Seconds that a plot can show while it follows. */
export const spans = [10, 30, 60, 300] as const
/** Least milliseconds between two drawings. */
const EVERY = 80

/** Points of several signals on one time axis, as uPlot has them: times in ms, then one list of values a signal. */
export interface Drawing {
  readonly from: number
  readonly to: number
  readonly ids: readonly string[]
  readonly series: readonly { times: Float64Array; values: Float64Array }[]
}

/** The numbers of a session that are drawn over time: which, over what stretch of time, and what is known of them there. */
export class Signals {
  readonly session: SessionView
  readonly #caller: Caller
  #span = $state<number>(30)
  /** A stretch that was picked, ms since 1970; undefined: it follows. */
  #held = $state.raw<{ from: number; to: number } | undefined>(undefined)
  #drawing = $state.raw<Drawing | undefined>(undefined)
  #statistics = $state.raw<readonly SignalStatistics[]>([])
  #fault = $state.raw<FaultShape | undefined>(undefined)
  /** Pixels that the plot is wide. */
  width = $state(600)
  #asking = false
  #again = false
  #later: ReturnType<typeof setTimeout> | undefined

  constructor(caller: Caller, session: SessionView) {
    this.#caller = caller
    this.session = session
  }

  get radio(): RadioSettings {
    const { settings } = this.session
    return settings.role === 'subscriber' ? settings.radio : { gaps: undefined, signals: [], protos: [], plots: { list: [], linked: true } }
  }
  get all(): readonly Signal[] {
    return this.radio.signals
  }
  get drawing(): Drawing | undefined {
    return this.#drawing
  }
  /** In the order of `all`, of the stretch that is drawn. */
  get statistics(): readonly SignalStatistics[] {
    return this.#statistics
  }
  get fault(): FaultShape | undefined {
    return this.#fault
  }
  dismiss(): void {
    this.#fault = undefined
  }
  get following(): boolean {
    return this.#held === undefined
  }
  get span(): number {
    return this.#span
  }
  set span(seconds: number) {
    this.#span = seconds
    this.follow()
  }

  /** Whether this number of this topic is drawn already. */
  has(place: Place, topic: TopicKey): boolean {
    return this.all.some((signal) => same(signal.place, place) && same(signal.topic, topic))
  }
  async add(place: Place, topic: TopicKey, name: string): Promise<void> {
    if (this.has(place, topic)) return
    const taken = new Set(this.all.map(({ id }) => id))
    let n = this.all.length + 1
    while (taken.has(`s${n}`)) n++
    await this.#set({ ...this.radio, signals: [...this.all, { id: `s${n}`, name: name.slice(0, 200), topic, place }] })
  }
  async remove(id: string): Promise<void> {
    await this.#set({ ...this.radio, signals: this.all.filter((signal) => signal.id !== id) })
  }

  /** Shows a stretch and stands still. */
  zoom(from: number, to: number): void {
    if (!(to > from)) return
    this.#held = { from, to }
    void this.#ask()
  }
  pause(): void {
    if (this.#drawing !== undefined) this.zoom(this.#drawing.from, this.#drawing.to)
  }
  follow(): void {
    this.#held = undefined
    void this.#ask()
  }

  /** Asks for what there is to draw; called with each pulse while somebody looks. */
  update(): void {
    if (this.all.length === 0 || (!this.following && this.#drawing !== undefined)) return
    if (this.#later !== undefined) return
    this.#later = setTimeout(() => {
      this.#later = undefined
      void this.#ask()
    }, EVERY)
  }
  rest(): void {
    clearTimeout(this.#later)
    this.#later = undefined
  }

  /** The points of the stretch that is drawn, as a file. */
  async csv(): Promise<Blob | undefined> {
    const ids = this.all.map(({ id }) => id)
    const { from, to } = this.#drawing ?? {}
    const parts: string[] = []
    try {
      for (let at: number[] | undefined; ;) {
        const piece = await this.#caller.call('radio.csv', {
          id: this.session.id,
          signals: ids,
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
          ...(at === undefined ? {} : { at }),
        })
        parts.push(piece.text)
        at = piece.next
        if (at === undefined) break
      }
      return new Blob(parts, { type: 'text/csv;charset=utf-8' })
    } catch (error) {
      this.#fault = faultOf(error)
      return undefined
    }
  }

  async #set(radio: RadioSettings): Promise<void> {
    this.#fault = undefined
    try {
      this.session.change(await this.#caller.call('radio.set', { id: this.session.id, radio }))
      void this.#ask()
    } catch (error) {
      this.#fault = faultOf(error)
    }
  }

  async #ask(): Promise<void> {
    if (this.#asking) {
      this.#again = true
      return
    }
    this.#asking = true
    try {
      do {
        this.#again = false
        const ids = this.all.map(({ id }) => id)
        if (ids.length === 0) {
          this.#drawing = undefined
          this.#statistics = []
          break
        }
        const held = this.#held
        const plot = await this.#caller.call('radio.plot', {
          id: this.session.id,
          signals: ids,
          width: Math.max(100, Math.round(this.width)),
          ...(held ?? { span: this.#span * 1000 }),
        })
        const { from, to } = plot
        this.#statistics = await this.#caller.call('radio.statistics', { id: this.session.id, signals: ids, from, to })
        this.#drawing = { from, to, ids, series: plot.series.map(({ points }) => halves(points)) }
      } while (this.#again)
    } catch {
      // The line is down, or the signals changed in between: the next pulse asks again.
    } finally {
      this.#asking = false
    }
  }
}

/** n times and then n values. */
export function halves(bytes: Uint8Array): { times: Float64Array; values: Float64Array } {
  const numbers = new Float64Array(bytes.slice().buffer)
  const n = numbers.length / 2
  return { times: numbers.subarray(0, n), values: numbers.subarray(n) }
}
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
