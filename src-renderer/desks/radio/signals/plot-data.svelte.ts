import type { Caller } from '../../../bridge/client.js'
import type { PlotOf } from './layout.js'
import { factsOf, seriesOf, type Drawing, type Facts } from './points.js'

/** Least milliseconds between two drawings, and between two looks at the figures: faster ones cannot be read. */
const EVERY = 80
const FIGURES = 300

/** Milliseconds since 1970. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** What plots show: the points and figures of a stretch of time, asked for as they are looked at. Plots of the same stretch are asked for together. */
export class PlotData {
  readonly #caller: Caller
  readonly #id: string
  readonly #plots: () => readonly PlotOf[]
  /** Stretches that were picked, by plot; the others follow. */
  #held = $state.raw<ReadonlyMap<string, Stretch>>(new Map())
  #drawings = $state.raw<ReadonlyMap<string, Drawing>>(new Map())
  #facts = $state.raw<ReadonlyMap<string, Facts>>(new Map())
  /** The moment that is pointed at, in every plot; undefined: none is. */
  cursor = $state.raw<number | undefined>(undefined)
  /** Pixels that plots are wide, by plot. */
  readonly #widths = new Map<string, number>()
  /** When each plot's figures were asked for last. */
  readonly #counted = new Map<string, number>()
  #asking = false
  #again = false
  #later: ReturnType<typeof setTimeout> | undefined

  constructor(caller: Caller, id: string, plots: () => readonly PlotOf[]) {
    this.#caller = caller
    this.#id = id
    this.#plots = plots
  }

  drawing(plot: string): Drawing | undefined {
    return this.#drawings.get(plot)
  }
  /** Of a signal, in the stretch that its plot shows. */
  facts(signal: string): Facts | undefined {
    return this.#facts.get(signal)
  }
  heldOf(plot: string): Stretch | undefined {
    return this.#held.get(plot)
  }
  following(plot: string): boolean {
    return !this.#held.has(plot)
  }
  /** What a plot is to show by now: just after it was told so, something else is drawn still. */
  async stretchOf(plot: PlotOf): Promise<Stretch | undefined> {
    const held = this.#held.get(plot.id)
    if (held !== undefined) return held
    if (this.#drawings.get(plot.id)?.held === true) await this.#draw([plot])
    return this.#drawings.get(plot.id)
  }

  /** These plots show a stretch; undefined: they follow. */
  hold(plots: readonly string[], stretch: Stretch | undefined): void {
    const held = new Map(this.#held)
    for (const plot of plots)
      if (stretch === undefined) held.delete(plot)
      else held.set(plot, stretch)
    this.#held = held
    this.refresh()
  }
  resize(plot: string, width: number): void {
    if (this.#widths.get(plot) === width) return
    this.#widths.set(plot, width)
    if (this.#held.has(plot)) this.update()
  }

  /** Asks for what there is to draw; called with each pulse while somebody looks. */
  update(): void {
    this.#later ??= setTimeout(() => {
      this.#later = undefined
      void this.#ask()
    }, EVERY)
  }
  /** Asks at once. */
  refresh(): void {
    this.#counted.clear()
    void this.#ask()
  }
  rest(): void {
    clearTimeout(this.#later)
    this.#later = undefined
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
        for (const plots of this.#groups()) await this.#draw(plots)
      } while (this.#again)
    } catch {
      // The line is down, or the signals changed in between: the next pulse asks again.
    } finally {
      this.#asking = false
    }
  }

  /** Plots of one stretch, each with something to draw that is not drawn. */
  #groups(): PlotOf[][] {
    const groups = new Map<string, PlotOf[]>()
    for (const plot of this.#plots()) {
      if (plot.signals.length === 0 || this.#isDrawn(plot)) continue
      const held = this.#held.get(plot.id)
      const key = held === undefined ? `last ${plot.span}` : `${held.from} ${held.to}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [plot])
      else group.push(plot)
    }
    return [...groups.values()]
  }

  /** What stands still is drawn once. */
  #isDrawn(plot: PlotOf): boolean {
    const held = this.#held.get(plot.id)
    const drawn = this.#drawings.get(plot.id)
    return (
      held !== undefined &&
      drawn !== undefined &&
      this.#counted.has(plot.id) &&
      drawn.from === held.from &&
      drawn.to === held.to &&
      drawn.width >= this.#widthOf(plot) &&
      plot.signals.every(({ id }) => drawn.series.has(id))
    )
  }
  #widthOf({ id }: PlotOf): number {
    return Math.max(100, Math.round(this.#widths.get(id) ?? 600))
  }

  async #draw(plots: readonly PlotOf[]): Promise<void> {
    const [first] = plots
    if (first === undefined) return
    const held = this.#held.get(first.id)
    const signals = plots.flatMap((plot) => plot.signals.map(({ id }) => id))
    const width = Math.max(...plots.map((plot) => this.#widthOf(plot)))
    const answer = await this.#caller.call('radio.plot', {
      id: this.#id,
      signals,
      width,
      ...(held ?? { span: first.span * 1000 }),
    })
    const { from, to } = answer
    const all = seriesOf(answer)
    const drawings = new Map(this.#drawings)
    for (const plot of plots) {
      const series = new Map(plot.signals.map(({ id }) => [id, all.get(id) ?? { times: none, values: none }]))
      drawings.set(plot.id, { from, to, held: held !== undefined, width, series })
    }
    this.#drawings = drawings
    const now = performance.now()
    if (plots.every(({ id }) => now - (this.#counted.get(id) ?? -Infinity) < FIGURES)) return
    for (const { id } of plots) this.#counted.set(id, now)
    const found = await this.#caller.call('radio.statistics', { id: this.#id, signals, from, to })
    const facts = new Map(this.#facts)
    signals.forEach((id, i) => {
      const of = found[i]
      if (of !== undefined) facts.set(id, factsOf(of, all.get(id), from, to))
    })
    this.#facts = facts
  }
}

const none = new Float64Array()
