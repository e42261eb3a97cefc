import type { PlotLayout, RadioSettings, Signal } from '../../../../src-main/contract/index.js'

/** A plot with what is drawn in it. */
export interface PlotOf extends Omit<PlotLayout, 'signals'> {
  readonly signals: readonly Signal[]
}

/** What changes settings into others; it changes nothing in place. */
export type Change = (radio: RadioSettings) => RadioSettings

/** The plots of a session, each signal in one of them. Without any plot there is one as soon as there is a signal. */
export function plotsOf({ signals, plots }: RadioSettings): PlotOf[] {
  const list: readonly PlotLayout[] =
    plots.list.length > 0 ? plots.list : signals.length > 0 ? [{ id: 'p1', name: '', signals: [], span: 30 }] : []
  const left = new Map(signals.map((signal) => [signal.id, signal]))
  const drawn = list.map((plot) => ({
    ...plot,
    signals: plot.signals.flatMap((id) => {
      const signal = left.get(id)
      left.delete(id)
      return signal === undefined ? [] : [signal]
    }),
  }))
  const first = drawn[0]
  if (first !== undefined) drawn[0] = { ...first, signals: [...first.signals, ...left.values()] }
  return drawn
}

/** Settings with these plots, and no signal that is in none of them. */
function withPlots(radio: RadioSettings, plots: readonly PlotOf[]): RadioSettings {
  const drawn = new Set(plots.flatMap((plot) => plot.signals.map(({ id }) => id)))
  const list = plots.map((plot) => ({ ...plot, signals: plot.signals.map(({ id }) => id) }))
  return { ...radio, signals: radio.signals.filter(({ id }) => drawn.has(id)), plots: { ...radio.plots, list } }
}

export const changed =
  (id: string, change: (plot: PlotOf) => PlotOf): Change =>
  (radio) =>
    withPlots(
      radio,
      plotsOf(radio).map((plot) => (plot.id === id ? change(plot) : plot)),
    )

/** The first of `p1`, `p2`, … that is not taken. */
export function freeId(letter: string, taken: Iterable<{ readonly id: string }>): string {
  const ids = new Set(Array.from(taken, ({ id }) => id))
  let n = 1
  while (ids.has(`${letter}${n}`)) n++
  return `${letter}${n}`
}

/** A plot more, empty, after the others. One to which a signal goes gets the span of the last. */
export const plotAdded =
  (id: string): Change =>
  (radio) => {
    const plots = plotsOf(radio)
    return withPlots(radio, [...plots, { id, name: '', signals: [], span: plots.at(-1)?.span ?? 30 }])
  }

/** A plot less, and its signals with it. */
export const plotRemoved =
  (id: string): Change =>
  (radio) =>
    withPlots(
      radio,
      plotsOf(radio).filter((plot) => plot.id !== id),
    )

/** Puts back a plot that was removed, where it was, as far as there is nothing else of the same id by now. */
export const plotRestored =
  (plot: PlotOf, at: number): Change =>
  (radio) => {
    const plots = plotsOf(radio)
    const id = plots.some((each) => each.id === plot.id) ? freeId('p', plots) : plot.id
    const taken = new Set(radio.signals.map((signal) => signal.id))
    const signals = plot.signals.filter((signal) => !taken.has(signal.id))
    return withPlots(
      { ...radio, signals: [...radio.signals, ...signals] },
      plots.toSpliced(at, 0, { ...plot, id, signals }),
    )
  }

/** Signals more, in this plot; in the first where there is no such plot. One whose id is taken by now gets another. */
export const signalsAdded =
  (fresh: readonly Signal[], plot: string | undefined): Change =>
  (radio) => {
    const plots = plotsOf(radio)
    const signals: Signal[] = []
    for (const signal of fresh) {
      const taken = [...radio.signals, ...signals]
      const id = taken.some((each) => each.id === signal.id) ? freeId('s', taken) : signal.id
      signals.push({ ...signal, id })
    }
    const all = { ...radio, signals: [...radio.signals, ...signals] }
    const known = plots.find(({ id }) => id === plot) ?? plots[0]
    if (known === undefined) return { ...all, plots: { ...radio.plots, list: [] } }
    return withPlots(
      all,
      plots.map((each) => (each === known ? { ...each, signals: [...each.signals, ...signals] } : each)),
    )
  }

export const signalRemoved =
  (id: string): Change =>
  (radio) =>
    withPlots(
      radio,
      plotsOf(radio).map((plot) => ({ ...plot, signals: plot.signals.filter((signal) => signal.id !== id) })),
    )

/** Moves a signal to the end of another plot. */
export const signalMoved =
  (id: string, to: string): Change =>
  (radio) => {
    const plots = plotsOf(radio)
    const signal = radio.signals.find((each) => each.id === id)
    if (signal === undefined || !plots.some((plot) => plot.id === to)) return radio
    return withPlots(
      radio,
      plots.map((plot) => {
        const others = plot.signals.filter((each) => each.id !== id)
        return { ...plot, signals: plot.id === to ? [...others, signal] : others }
      }),
    )
  }
