import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import {
  Fault,
  RadioSettingsSchema,
  type Place,
  type RadioSettings,
  type SessionSettings,
  type TopicKey,
} from '../../src-main/contract/index.js'
import { until } from '../helpers/until.js'
import './browser-things.js'
import { FakeCaller, info } from './fake-caller.js'

const { Signals } = await import('../../src-renderer/desks/radio/signals/signals.svelte.js')
const layout = await import('../../src-renderer/desks/radio/signals/layout.js')
const { factsOf, figure, valueAt } = await import('../../src-renderer/desks/radio/signals/points.js')
const { SessionView } = await import('../../src-renderer/state/session.svelte.js')

const topic: TopicKey = { kind: 'text', name: 'car' }
const place = (path: string): Place => ({ kind: 'json', path, frame: -1 })
const signal = (id: string) => ({ id, name: id, topic, place: place(id) })
const radioOf = (ids: readonly string[], list: readonly { id: string; signals: readonly string[] }[] = []) =>
  v.parse(RadioSettingsSchema, { signals: ids.map(signal), plots: { list: list.map((plot) => ({ ...plot, signals: [...plot.signals] })) } }) // prettier-ignore
const outline = (radio: RadioSettings) =>
  layout.plotsOf(radio).map(({ id, signals }) => `${id}:${signals.map((each) => each.id).join(',')}`)

function subscriber(radio: RadioSettings) {
  const { settings, ...rest } = info('s', 'subscriber')
  return { ...rest, settings: { ...settings, radio } as SessionSettings }
}
const doubles = (...numbers: number[]) => new Uint8Array(Float64Array.from(numbers).buffer)

/** Signals of a session; every signal has two points, at 0.2 and 0.8 of what is asked for, with the values 1 and 2. */
function signals(radio: RadioSettings = radioOf([])) {
  const caller = new FakeCaller({
    'radio.set': ({ radio: next }: { radio: RadioSettings }) => subscriber(v.parse(RadioSettingsSchema, next)),
    'radio.plot': ({
      signals: ids,
      from,
      to,
      span,
    }: {
      signals: string[]
      from?: number
      to?: number
      span?: number
    }) => {
      const end = to ?? 100_000
      const start = from ?? end - (span ?? 0)
      const at = (part: number) => start + (end - start) * part
      return { from: start, to: end, series: ids.map((id) => ({ id, points: doubles(at(0.2), at(0.8), 1, 2) })) }
    },
    'radio.statistics': ({ signals: ids }: { signals: string[] }) =>
      ids.map(() => ({ n: 2, min: 1, max: 2, mean: 1.5, std: 0.5, last: 2 })),
    'radio.csv': ({ at }: { at?: number[] }) =>
      at === undefined ? { text: 'head\r\n', next: [1] } : { text: 'rest\r\n', next: undefined },
  })
  return { caller, all: new Signals(caller, new SessionView(caller, subscriber(radio))) }
}
const names = (all: InstanceType<typeof Signals>) =>
  all.plots.map((plot) => plot.signals.map(({ name }) => name).join(','))

describe('the layout of plots', () => {
  test('older settings without plots have one with all signals; what stands nowhere is in the first', () => {
    expect(outline(radioOf([]))).toEqual([])
    expect(outline(radioOf(['a', 'b']))).toEqual(['p1:a,b'])
    expect(outline(radioOf(['a', 'b', 'c'], [{ id: 'x', signals: ['b'] }, { id: 'y', signals: ['c', 'b', 'gone'] }]))).toEqual(['x:b,a', 'y:c']) // prettier-ignore
  })

  test('whatever is done, every signal is in one plot, and no plot has one that is not there', () => {
    const act = fc.oneof(
      fc.record({ do: fc.constant('plot' as const), id: fc.constantFrom('p1', 'p2', 'p3', 'p4') }),
      fc.record({ do: fc.constant('no plot' as const), id: fc.constantFrom('p1', 'p2', 'p3', 'p4') }),
      fc.record({ do: fc.constant('signal' as const), id: fc.constantFrom('a', 'b', 'c'), to: fc.constantFrom('p1', 'p2', 'p9') }), // prettier-ignore
      fc.record({ do: fc.constant('no signal' as const), id: fc.constantFrom('a', 'b', 's1') }),
      fc.record({ do: fc.constant('move' as const), id: fc.constantFrom('a', 'b', 's1'), to: fc.constantFrom('p1', 'p2', 'p9') }), // prettier-ignore
    )
    fc.assert(
      fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
        let radio = radioOf([])
        for (const each of acts) {
          if (each.do === 'plot' && !layout.plotsOf(radio).some(({ id }) => id === each.id))
            radio = layout.plotAdded(each.id)(radio)
          if (each.do === 'no plot') radio = layout.plotRemoved(each.id)(radio)
          if (each.do === 'signal') radio = layout.signalsAdded([signal(each.id)], each.to)(radio)
          if (each.do === 'no signal') radio = layout.signalRemoved(each.id)(radio)
          if (each.do === 'move') radio = layout.signalMoved(each.id, each.to)(radio)
          const drawn = layout.plotsOf(radio).flatMap((plot) => plot.signals.map(({ id }) => id))
          expect(drawn.toSorted()).toEqual(radio.signals.map(({ id }) => id).toSorted())
          expect(new Set(drawn).size).toBe(drawn.length)
          expect(v.is(RadioSettingsSchema, radio)).toBe(true)
        }
      }),
    )
  })
})

describe('signals', () => {
  test('are added once, to the plot that was used last, and moved between plots', async () => {
    const { all } = signals()
    expect(all.shown).toBe(false)
    await Promise.all([
      all.add(place('x'), topic, 'x'),
      all.add(place('x'), topic, 'again'),
      all.add(place('y'), topic, 'y'),
    ])
    expect(names(all)).toEqual(['x,y'])
    expect([all.shown, all.has(place('y'), topic), all.has(place('z'), topic)]).toEqual([true, true, false])
    await all.addPlot()
    await all.add(place('z'), topic, 'z')
    expect(names(all)).toEqual(['x,y', 'z'])
    const [x] = all.all
    await all.step(x!.id, 1)
    expect(names(all)).toEqual(['y', 'z,x'])
    await all.step(x!.id, 1)
    await all.addPlot(x!.id)
    expect(names(all)).toEqual(['y', 'z', 'x'])
    expect(all.titleOf(all.plots[2]!)).toBe('Plot 3')
    await all.rename(all.plots[2]!.id, '  steering ')
    expect(all.titleOf(all.plots[2]!)).toBe('steering')
  })

  test('what is taken away can be had back: a signal in its plot, a plot in its place', async () => {
    const { all } = signals(radioOf(['a', 'b', 'c'], [{ id: 'p1', signals: ['a'] }, { id: 'p2', signals: ['b', 'c'] }])) // prettier-ignore
    await all.remove('b')
    expect([names(all), all.undoable]).toEqual([['a', 'c'], 'b is no longer plotted.'])
    await all.undo()
    expect(names(all)).toEqual(['a', 'c,b'])
    await all.removePlot('p1')
    expect([names(all), all.all.length]).toEqual([['c,b'], 2])
    await all.undo()
    expect([names(all), all.undoable]).toEqual([['a', 'c,b'], undefined])
  })

  test('the engine has the last word: what it refuses is told, and nothing changes', async () => {
    const { all, caller } = signals(radioOf(['a']))
    caller.answers['radio.set'] = () => {
      throw new Fault('BAD_PATH', 'no')
    }
    expect(await all.add(place('['), topic, 'x')).toBe(false)
    expect([all.fault?.code, names(all)]).toEqual(['BAD_PATH', ['a']])
    const many = signals(radioOf(Array.from({ length: 64 }, (_, i) => `n${i}`)))
    await many.all.add(place('x'), topic, 'x')
    expect([many.all.fault?.message, many.caller.asked('radio.set')]).toEqual([
      'At most 64 signals can be plotted at once: remove some first.',
      [],
    ])
  })

  test('plots in step are asked for together and show one stretch; others each their own', async () => {
    const { all, caller } = signals(radioOf(['a', 'b'], [{ id: 'p1', signals: ['a'] }, { id: 'p2', signals: ['b'] }])) // prettier-ignore
    all.data.refresh()
    await until(() => all.data.facts('b'), { what: 'figures' })
    expect(caller.asked('radio.plot')).toMatchObject([{ signals: ['a', 'b'], span: 30_000 }])
    expect(all.data.drawing('p2')).toMatchObject({ from: 70_000, to: 100_000 })
    all.zoom('p1', 80_000, 90_000)
    await until(() => all.data.drawing('p2')?.to === 90_000, { what: 'the other plot' })
    expect(all.data.following('p2')).toBe(false)
    all.follow('p2')
    expect(all.data.following('p1')).toBe(true)

    await all.setLinked(false)
    all.zoom('p1', 80_000, 90_000)
    expect([all.data.following('p1'), all.data.following('p2')]).toEqual([false, true])
    await all.setSpan('p2', 60)
    expect(all.plots.map(({ span }) => span)).toEqual([30, 60])
    all.use('p2')
    await all.setLinked(true)
    expect([all.linked, all.data.following('p1'), all.plots.map(({ span }) => span)]).toEqual([true, true, [60, 60]])
  })

  test('what stands still is asked for once', async () => {
    const { all, caller } = signals(radioOf(['a']))
    all.zoom('p1', 10, 20)
    await until(() => all.data.facts('a'), { what: 'figures' })
    const asked = caller.asked('radio.plot').length
    all.data.update()
    all.data.update()
    await until(() => caller.asked('radio.plot').length === asked, { what: 'nothing more' })
    all.data.rest()
    expect(await (await all.csv(all.plots[0]!))?.text()).toBe('head\r\nrest\r\n')
    expect(caller.asked('radio.csv')).toMatchObject([{ signals: ['a'], from: 10, to: 20 }, { at: [1] }])
  })

  test('the file has what the plot was told to show, also where that is not drawn yet', async () => {
    const { all, caller } = signals(radioOf(['a']))
    all.zoom('p1', 10, 20)
    await until(() => all.data.drawing('p1'), { what: 'what was picked' })
    all.zoom('p1', 12, 14)
    await all.csv(all.plots[0]!)
    all.follow('p1')
    await all.csv(all.plots[0]!)
    expect(caller.asked('radio.csv')).toMatchObject([
      { from: 12, to: 14 },
      { at: [1] },
      { from: 70_000, to: 100_000 },
      { at: [1] },
    ])
  })
})

describe('points', () => {
  const series = { times: Float64Array.of(10, 20, 40), values: Float64Array.of(1, 2, 4) }
  test.each([
    [0, 1],
    [14, 1],
    [16, 2],
    [29, 2],
    [31, 4],
    [99, 4],
  ])('at %d the nearest is %d', (time, value) => {
    expect(valueAt(series, time)).toBe(value)
  })

  test('a rate counts from where a signal began', () => {
    const counted = { n: 3, min: 1, max: 4, mean: 2, std: 1, last: 4 }
    expect(factsOf(counted, series, 0, 40).rate).toBe(100)
    expect(factsOf(counted, series, 20, 50).rate).toBe(100)
    expect(factsOf({ ...counted, n: 1 }, series, 0, 40).rate).toBe(0)
    expect(factsOf(counted, undefined, 0, 3000).rate).toBe(1)
  })

  test.each([
    [0, '0'],
    [13.0371, '13.037'],
    [0.00012345, '1.23e-4'],
    [1234567, '1234600'],
    [-1, '-1'],
  ])('%d is written %s', (n, text) => {
    expect(figure(n)).toBe(text)
  })
})
