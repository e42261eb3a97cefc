import {
  MAX_PLOTS,
  MAX_SIGNALS,
  type FaultShape,
  type Place,
  type PlotLayout,
  type ProtoFile,
  type RadioSettings,
  type Signal,
  type TopicKey,
} from '../../../../src-main/contract/index.js'
import type { Caller } from '../../../bridge/client.js'
import { m } from '../../../paraglide/messages.js'
import type { SessionView } from '../../../state/session.svelte.js'
import { faultOf } from '../../../state/workbench.svelte.js'
import {
  changed,
  freeId,
  plotAdded,
  plotRemoved,
  plotRestored,
  plotsOf,
  signalMoved,
  signalRemoved,
  signalsAdded,
  type Change,
  type PlotOf,
} from './layout.js'
import { PlotData } from './plot-data.svelte.js'

export type Span = PlotLayout['span']

/** A number of a message, as it becomes a signal. */
export interface NewSignal {
  readonly place: Place
  readonly topic: TopicKey
  readonly name: string
}

const none: RadioSettings = { gaps: undefined, signals: [], protos: [], plots: { list: [], linked: true } }

/** The numbers of a session that are drawn over time, and the plots in which they are. Both are part of its settings: they outlive the page. */
export class Signals {
  readonly session: SessionView
  readonly data: PlotData
  readonly #caller: Caller
  #shown = $state<boolean | undefined>(undefined)
  /** Whether the plots have the whole pane; in a narrow one, either they or the messages have. */
  alone = $state(false)
  /** Pixels that the plots are high beside the messages; 0: as many as suit the window. */
  height = $state(0)
  #current = $state('')
  #fault = $state.raw<FaultShape | undefined>(undefined)
  #undo = $state.raw<{ words: string; back: Change } | undefined>(undefined)
  /** Changes one after the other, each on what the one before has left. */
  #turn: Promise<void> = Promise.resolve()

  constructor(caller: Caller, session: SessionView) {
    this.#caller = caller
    this.session = session
    this.data = new PlotData(caller, session.id, () => this.plots)
  }

  get radio(): RadioSettings {
    const { settings } = this.session
    return settings.role === 'subscriber' ? settings.radio : none
  }
  /** Whether the plots are on the screen: as a person wants it, otherwise as soon as there is one. */
  get shown(): boolean {
    return this.#shown ?? this.plots.length > 0
  }
  set shown(shown: boolean) {
    this.#shown = shown
  }
  get all(): readonly Signal[] {
    return this.radio.signals
  }
  readonly plots: readonly PlotOf[] = $derived(plotsOf(this.radio))
  /** Whether all plots show the same stretch of time. */
  get linked(): boolean {
    return this.radio.plots.linked
  }
  /** The plot that new signals go to: the one last used. */
  readonly current: PlotOf | undefined = $derived(this.plots.find(({ id }) => id === this.#current) ?? this.plots[0])
  get fault(): FaultShape | undefined {
    return this.#fault
  }
  dismiss(): void {
    this.#fault = undefined
  }
  /** What was taken away last and can be had back. */
  get undoable(): string | undefined {
    return this.#undo?.words
  }
  get full(): boolean {
    return this.plots.length >= MAX_PLOTS
  }

  /** The id of a plot that is not there yet. */
  get freePlot(): string {
    return freeId('p', this.plots)
  }

  use(plot: string): void {
    this.#current = plot
  }
  /** What a plot is called. */
  titleOf(plot: PlotOf): string {
    return plot.name || m.plots_number({ n: this.plots.findIndex(({ id }) => id === plot.id) + 1 })
  }

  /** Whether this number of this topic is drawn already. */
  has(place: Place, topic: TopicKey): boolean {
    return this.all.some((signal) => same(signal.place, place) && same(signal.topic, topic))
  }
  async add(place: Place, topic: TopicKey, name: string): Promise<boolean> {
    return this.addAll([{ place, topic, name }])
  }
  /** Those that are drawn already are left out. @param proto a file that their places name @param plot where to; a new one if it is not there */
  async addAll(
    fresh: readonly NewSignal[],
    { proto, plot }: { proto?: ProtoFile; plot?: string } = {},
  ): Promise<boolean> {
    const target = plot ?? this.current?.id
    return this.#change((radio) => {
      const added: Signal[] = []
      for (const { place, topic, name } of fresh) {
        if (radio.signals.some((signal) => same(signal.place, place) && same(signal.topic, topic))) continue
        added.push({ id: freeId('s', [...radio.signals, ...added]), name: name.slice(0, 200), topic, place })
      }
      const next = proto === undefined ? radio : withProto(radio, proto)
      const room =
        target === undefined || plotsOf(next).some(({ id }) => id === target) ? next : plotAdded(target)(next)
      return signalsAdded(added, target)(room)
    }).then((done) => {
      // Who plots wants to see it, also if the plots were closed before.
      if (done) this.#shown = undefined
      return done
    })
  }
  async remove(id: string): Promise<void> {
    const plot = this.plots.find(({ signals }) => signals.some((signal) => signal.id === id))
    const signal = plot?.signals.find((each) => each.id === id)
    if (plot === undefined || signal === undefined) return
    if (await this.#change(signalRemoved(id)))
      this.#undo = { words: m.plots_signal_removed({ name: signal.name }), back: signalsAdded([signal], plot.id) }
  }
  async move(id: string, to: string): Promise<void> {
    await this.#change(signalMoved(id, to))
    this.use(to)
  }
  /** Moves a signal to the plot before or after its own. */
  async step(id: string, by: number): Promise<void> {
    const at = this.plots.findIndex(({ signals }) => signals.some((signal) => signal.id === id))
    const to = this.plots[at + by]
    if (at >= 0 && to !== undefined) await this.move(id, to.id)
  }

  /** Adds a plot; one of these signals in it, if given. */
  async addPlot(signal?: string): Promise<void> {
    const id = freeId('p', this.plots)
    const added = plotAdded(id)
    const done = await this.#change((radio) =>
      signal === undefined ? added(radio) : signalMoved(signal, id)(added(radio)),
    )
    if (done) this.use(id)
  }
  async removePlot(id: string): Promise<void> {
    const at = this.plots.findIndex((plot) => plot.id === id)
    const plot = this.plots[at]
    if (plot === undefined) return
    const words = m.plots_removed({ name: this.titleOf(plot) })
    if (await this.#change(plotRemoved(id))) this.#undo = { words, back: plotRestored(plot, at) }
  }
  async rename(id: string, name: string): Promise<void> {
    const trimmed = name.trim().slice(0, 200)
    await this.#change(changed(id, (plot) => ({ ...plot, name: trimmed })))
  }
  async undo(): Promise<void> {
    const undo = this.#undo
    this.#undo = undefined
    if (undo !== undefined) await this.#change(undo.back)
  }
  forget(): void {
    this.#undo = undefined
  }

  async setSpan(id: string, span: Span): Promise<void> {
    this.follow(id)
    const { linked } = this
    await this.#change((radio) => {
      const ids = linked ? plotsOf(radio).map((plot) => plot.id) : [id]
      return ids.reduce((now, each) => changed(each, (plot) => ({ ...plot, span }))(now), radio)
    })
  }
  /** From now on all plots show what the first one used does, or each what it wants. */
  async setLinked(linked: boolean): Promise<void> {
    const { current } = this
    if (linked && current !== undefined) {
      this.data.hold(this.#ids(), this.data.heldOf(current.id))
      await this.#change((radio) =>
        plotsOf(radio).reduce((now, { id }) => changed(id, (plot) => ({ ...plot, span: current.span }))(now), radio),
      )
    }
    await this.#change((radio) => ({ ...radio, plots: { ...radio.plots, linked } }))
  }

  /** Shows a stretch and stands still. */
  zoom(plot: string, from: number, to: number): void {
    if (to > from) this.data.hold(this.#with(plot), { from, to })
  }
  pause(plot: string): void {
    const shown = this.data.drawing(plot)
    if (shown !== undefined) this.zoom(plot, shown.from, shown.to)
  }
  follow(plot: string): void {
    this.data.hold(this.#with(plot), undefined)
  }

  /** The points of the stretch that a plot shows, as a file. */
  async csv(plot: PlotOf): Promise<Blob | undefined> {
    const signals = plot.signals.map(({ id }) => id)
    if (signals.length === 0) return undefined
    const parts: string[] = []
    try {
      const { from, to } = (await this.data.stretchOf(plot)) ?? {}
      for (let at: number[] | undefined; ;) {
        const piece = await this.#caller.call('radio.csv', {
          id: this.session.id,
          signals,
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

  #ids(): string[] {
    return this.plots.map(({ id }) => id)
  }
  #with(plot: string): string[] {
    return this.linked ? this.#ids() : [plot]
  }

  #change(change: Change): Promise<boolean> {
    const done = this.#turn.then(() => this.#set(change(this.radio)))
    this.#turn = done.then(() => undefined)
    return done
  }
  async #set(radio: RadioSettings): Promise<boolean> {
    this.#fault = undefined
    if (radio.signals.length > MAX_SIGNALS) {
      this.#fault = { code: 'SIGNALS_FULL', message: m.plots_full({ n: MAX_SIGNALS }) }
      return false
    }
    try {
      this.session.change(await this.#caller.call('radio.set', { id: this.session.id, radio }))
      this.data.refresh()
      return true
    } catch (error) {
      this.#fault = faultOf(error)
      return false
    }
  }
}

/** The .proto files that something is read by, and this one. */
function withProto(radio: RadioSettings, proto: ProtoFile): RadioSettings {
  const places = [...radio.signals.map(({ place }) => place), radio.gaps?.sequence, radio.gaps?.timestamp?.place]
  const used = new Set(places.flatMap((place) => (place?.kind === 'protobuf' ? [place.proto] : [])))
  return { ...radio, protos: [...radio.protos.filter(({ name }) => used.has(name) && name !== proto.name), proto] }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
