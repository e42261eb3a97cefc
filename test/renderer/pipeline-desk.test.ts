import { beforeEach, describe, expect, test } from 'vitest'
import { scenarioNames, scenarioSteps, taskStates, type ScenarioInfo } from '../../src-main/contract/index.js'
import { local, session } from './browser-things.js'
import { FakeCaller, info } from './fake-caller.js'

const { Workbench } = await import('../../src-renderer/state/workbench.svelte.js')
const { LaneView, ticks } = await import('../../src-renderer/desks/pipeline/audit/lane-view.svelte.js')
const { feed, MakeWork } = await import('../../src-renderer/desks/pipeline/work/make-work.svelte.js')
const { PipelineDesk } = await import('../../src-renderer/desks/pipeline/pipeline.svelte.js')
const { Runs } = await import('../../src-renderer/desks/pipeline/runs/runs.svelte.js')
const { NodeForm } = await import('../../src-renderer/desks/pipeline/node/node-form.svelte.js')
const { sides } = await import('../../src-renderer/desks/pipeline/scenarios/scenarios.svelte.js')
const words = await import('../../src-renderer/desks/pipeline/scenarios/words.js')
const { taskWord } = await import('../../src-renderer/desks/pipeline/audit/words.js')
const { actionOf } = await import('../../src-renderer/desks/pipeline/node/actions.js')

beforeEach(() => {
  session.clear()
  local.clear()
})

describe('the graph and the side bar', () => {
  function desk() {
    const caller = new FakeCaller({ 'profile.update': () => ({}) })
    const bench = new Workbench(caller)
    for (const [id, role] of [['v', 'ventilator'], ['w', 'worker'], ['s', 'sink']] as const) caller.emit('session', info(id, role)) // prettier-ignore
    return { bench, desk: PipelineDesk.of(bench) }
  }

  test('all that flows is seen; of a node that is looked at, its session; in panes, what is picked', () => {
    const { desk: d } = desk()
    expect([...(d.seen ?? [])]).toEqual(['v', 'w', 's'])
    d.open('w/1')
    expect([...(d.seen ?? [])]).toEqual(['w'])
    d.sideShown = false
    expect(d.seen?.size).toBe(3)
    d.view = 'panes'
    expect(d.seen).toBeUndefined()
  })

  test('a session that a person picks is looked at, once; one that is just opened is not', async () => {
    const { bench, desk: d } = desk()
    d.follow(bench.lastPick)
    expect(d.node).toBe('')
    bench.pick(bench.session('w')!)
    d.follow(bench.lastPick)
    expect([d.node, d.side]).toEqual(['w/1', 'node'])
    d.open('')
    d.follow(bench.lastPick)
    expect(d.node).toBe('')
    bench.show([info('x', 'sink')])
    d.follow(bench.lastPick)
    expect([d.node, bench.shown('sink')?.id]).toEqual(['', 'x'])
  })
})

describe('the stretch of a run that is looked at', () => {
  test('follows the newest until it is moved, and again when it is brought to the end', () => {
    const view = new LaneView()
    view.bound(1000, 21_000)
    expect([view.from, view.to, view.following]).toEqual([11_000, 21_000, true])
    view.pan(-0.5)
    expect([view.from, view.to, view.following]).toEqual([6000, 16_000, false])
    view.bound(1000, 30_000)
    expect(view.to).toBe(16_000)
    view.pan(10)
    expect([view.to, view.following]).toEqual([30_000, true])
  })

  test('zooms about a moment, which stays where it is', () => {
    const view = new LaneView()
    view.bound(0, 100_000)
    view.pan(-1)
    const [from, span] = [view.from, view.span]
    view.zoom(0.5, from + span / 4)
    expect(view.span).toBe(span / 2)
    expect(view.from).toBe(from + span / 8)
    for (let i = 0; i < 50; i++) view.zoom(0.5)
    expect(view.span).toBe(2)
  })

  test('marks of the axis are round, and not too many', () => {
    expect(ticks(0, 10_000, 5)).toEqual({ step: 2000, at: [0, 2000, 4000, 6000, 8000, 10_000] })
    expect(ticks(12, 30, 10).step).toBe(2)
  })
})

describe('making work', () => {
  function form() {
    const caller = new FakeCaller({ 'profile.update': () => undefined })
    const bench = new Workbench(caller)
    return { caller, work: new MakeWork(bench, new Runs(bench)) }
  }

  test('numbers that will not do are told, each by its field', () => {
    const { work } = form()
    expect([...work.bad.keys()]).toEqual([])
    work.form.count = '-1'
    work.form.rate = 'fast'
    work.form.cost = 'uniform'
    work.form.costs.min = '10'
    work.form.costs.max = '1'
    expect([...work.bad.keys()]).toEqual(['count', 'rate', 'cost'])
    work.form.source = 'type'
    expect([...work.bad.keys()]).toEqual(['text'])
    work.form.source = 'file'
    expect([...work.bad.keys()]).toEqual(['file'])
  })

  test('the name of a file says how it is read', () => {
    const { work } = form()
    for (const [name, format] of [
      ['jobs.CSV', 'csv'],
      ['jobs.ndjson', 'jsonl'],
      ['jobs.jsonl', 'jsonl'],
      ['jobs.txt', 'lines'],
    ] as const) {
      work.take(new File(['x'], name))
      expect(work.form.format).toBe(format)
      expect(work.work).toMatchObject({ kind: 'feed', name, bytes: 1, format })
    }
  })

  test('a file is handed over in pieces; a sign across two of them comes whole', async () => {
    const piece = 256 * 1024
    const text = `${'a'.repeat(piece - 1)}漢${'b'.repeat(10)}`
    const pieces: string[] = []
    const lasts: boolean[] = []
    await feed(new Blob([text]), async (part, last) => {
      pieces.push(part)
      lasts.push(last)
      await Promise.resolve()
    })
    expect(pieces.join('')).toBe(text)
    expect(lasts).toEqual([false, true])
    await feed(new Blob([]), async (part, last) => {
      expect([part, last]).toEqual(['', true])
      await Promise.resolve()
    })
  })
})

describe('settings of a node', () => {
  test('what can be changed while it is open is tuned, the rest reopens it', async () => {
    const caller = new FakeCaller({
      'pipeline.tune': () => info('w', 'worker'),
      'session.reopen': () => info('w', 'worker'),
    })
    const bench = new Workbench(caller)
    caller.emit('session', info('w', 'worker'))
    const form = new NodeForm(bench, bench.session('w')!)
    expect(form.dirty).toBe(false)
    form.workers = '3'
    form.crash = 'after'
    form.crashAfter = '5'
    form.crashBack = '100'
    expect([form.dirty, form.reopens]).toEqual([true, false])
    await form.apply()
    expect(caller.asked('pipeline.tune')).toEqual([
      {
        id: 'w',
        worker: expect.objectContaining({ workers: 3, crash: { kind: 'after', tasks: 5, back: 100 } }) as unknown,
      },
    ])
    form.concurrency = '4'
    expect(form.reopens).toBe(true)
    await form.apply()
    expect(caller.asked('session.reopen')).toHaveLength(1)
    form.workers = '0'
    expect([...form.bad]).toEqual(['workers'])
    expect(await form.apply()).toBe(false)
  })
})

describe('scenarios', () => {
  test('each has a title, what to watch, what it means, and words for every step', () => {
    for (const name of scenarioNames) {
      expect(words.scenarioTitle(name)).not.toBe('')
      expect(words.scenarioWatch(name)).not.toBe('')
      expect(words.scenarioMeans(name)).not.toBe('')
      for (const key of scenarioSteps[name])
        expect(words.stepDoes(name, { key, state: 'ahead', figures: {}, began: 0 }), `${name} ${key}`).not.toBe('')
    }
  })

  test('figures stand in the words; where one was not measured nothing is claimed', () => {
    const step = { key: 'result', state: 'done' as const, figures: { made: 300, collected: 260, lost: 40 }, began: 1 }
    expect(words.stepGot('killed-worker', step)).toBe('300 made = 260 collected + 40 lost.')
    expect(words.stepGot('killed-worker', { ...step, figures: { made: 300 } })).toBe('')
    expect(words.stepGot('killed-worker', { ...step, state: 'now' })).toBe('')
  })

  test('what was measured without and with the cure stands side by side', () => {
    const of = (steps: ScenarioInfo['steps']): ScenarioInfo => ({
      id: 1,
      name: 'killed-worker',
      state: 'done',
      steps,
      sessions: [],
      runs: [],
      fault: undefined,
    })
    const step = (key: string, figures: Record<string, number>) => ({ key, state: 'done' as const, figures, began: 1 })
    expect(sides(of([step('result', { lost: 40 })]))).toBeUndefined()
    expect(sides(of([step('result', { lost: 40 }), step('cured', { lost: 0 })]))).toEqual({
      before: { lost: 40 },
      after: { lost: 0 },
    })
    expect(sides(of([step('compare', { turnsMs: 9, demandMs: 3, turnsBehind: 7, demandBehind: 1 })]))).toEqual({
      before: { ms: 9, behind: 7 },
      after: { ms: 3, behind: 1 },
    })
  })
})

test('every state of a task has its word; keys act as the node allows', () => {
  expect(new Set(taskStates.map(taskWord)).size).toBe(taskStates.length)
  const node = { kind: 'worker' as const, state: 'open' as const } as Parameters<typeof actionOf>[1]
  expect(actionOf('k', node, false)).toBe('kill')
  expect(actionOf('o', node, false)).toBeUndefined()
  expect(actionOf('p', { ...node, state: 'paused' }, false)).toBe('resume')
  expect(actionOf('o', { ...node, state: 'crashed' }, false)).toBe('open')
  expect(actionOf('x', node, false)).toBeUndefined()
})
