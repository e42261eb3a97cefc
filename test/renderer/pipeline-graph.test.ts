import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PipelineEdge, PipelineNode } from '../../src-main/contract/index.js'
import { NODE_HISTORY_POINTS } from '../../src-main/contract/index.js'
import './browser-things.js'

const { arrange, settle, ROW_GAP } = await import('../../src-renderer/desks/pipeline/graph/layout.js')
const { GROUP_FROM, mean, plan, total } = await import('../../src-renderer/desks/pipeline/graph/plan.js')
const { edgeWidth } = await import('../../src-renderer/desks/pipeline/graph/figures.svelte.js')
const { histories, sparkPath } = await import('../../src-renderer/desks/pipeline/graph/spark.js')
const { squares } = await import('../../src-renderer/desks/pipeline/graph/heat.js')

const box = fc.record({
  column: fc.constantFrom(0 as const, 1 as const, 2 as const),
  width: fc.integer({ min: 50, max: 300 }),
  height: fc.integer({ min: 30, max: 200 }),
})
const boxes = fc
  .array(box, { minLength: 1, maxLength: 30 })
  .map((all) => all.map((each, i) => ({ ...each, id: `n${i}` })))

function overlaps(all: { id: string; width: number; height: number }[], places: Map<string, { x: number; y: number }>) {
  return all.some((a, i) =>
    all.slice(i + 1).some((b) => {
      const [p, q] = [places.get(a.id)!, places.get(b.id)!]
      return p.x < q.x + b.width && q.x < p.x + a.width && p.y < q.y + b.height && q.y < p.y + a.height
    }),
  )
}

describe('the layout', () => {
  test('everybody has a place, and nobody stands on another', () => {
    fc.assert(
      fc.property(boxes, (all) => {
        const places = arrange(all)
        expect(places.size).toBe(all.length)
        expect(overlaps(all, places)).toBe(false)
      }),
    )
  })

  test('who has a place keeps it, and newcomers touch nobody', () => {
    fc.assert(
      fc.property(boxes, fc.nat(30), (all, n) => {
        const old = all.slice(0, Math.max(1, Math.min(n, all.length)))
        const before = arrange(old)
        const places = settle(all, before)
        for (const { id } of old) expect(places.get(id)).toEqual(before.get(id))
        expect(places.size).toBe(all.length)
        expect(overlaps(all, places)).toBe(false)
      }),
    )
  })

  test('a newcomer stands below the last of its column', () => {
    const worker = (id: string) => ({ id, column: 1 as const, width: 100, height: 50 })
    const before = arrange([worker('a'), worker('b')])
    const places = settle([worker('a'), worker('b'), worker('c')], before)
    expect(places.get('c')).toEqual({ x: before.get('b')!.x, y: before.get('b')!.y + 50 + ROW_GAP })
  })
})

function worker(session: string, number: number): PipelineNode {
  return {
    id: `${session}/${number}`,
    kind: 'worker',
    stage: 1,
    session,
    worker: number,
    name: '',
    state: 'open',
    done: 1,
    inHand: 0,
    rate: 2,
    service: undefined,
    share: undefined,
    slow: false,
    inferred: false,
    crashes: 0,
    back: 0,
  }
}
const vent: PipelineNode = { ...worker('v', 0), id: 'v', kind: 'ventilator', stage: 0 }
const edge = (to: string): PipelineEdge => ({
  id: `v→${to}`,
  from: 'v',
  to,
  up: true,
  rate: 1,
  delay: undefined,
  inferred: false,
})

describe('what is drawn', () => {
  test('few workers one by one, many as one group with one line', () => {
    const few = Array.from({ length: GROUP_FROM - 1 }, (_, i) => worker('w', i + 1))
    const drawn = plan(
      [vent, ...few],
      few.map(({ id }) => edge(id)),
    )
    expect(drawn.nodes).toHaveLength(GROUP_FROM)
    expect(drawn.edges).toHaveLength(GROUP_FROM - 1)

    const many = [...few, worker('w', GROUP_FROM)]
    const grouped = plan(
      [vent, ...many],
      many.map(({ id }) => edge(id)),
    )
    expect(grouped.nodes.map(({ id, kind }) => [id, kind])).toEqual([
      ['v', 'ventilator'],
      ['w/group', 'group'],
    ])
    expect(grouped.edges.map(({ id, members }) => [id, members.length])).toEqual([['v→w/group', GROUP_FROM]])
  })

  test('workers in the order of their numbers, whatever order they came in', () => {
    const drawn = plan([worker('w', 2), worker('w', 10), worker('w', 1)].slice(0, 3), [])
    expect(drawn.nodes.map(({ id }) => id)).toEqual(['w/1', 'w/2', 'w/10'])
  })

  test('what is not known is not counted as nothing', () => {
    expect(total([undefined, undefined])).toBeUndefined()
    expect(total([1, undefined, 2])).toBe(3)
    expect(mean([[undefined, 5]])).toBeUndefined()
    expect(
      mean([
        [10, 1],
        [20, 3],
        [undefined, 9],
      ]),
    ).toBe(17.5)
    expect(mean([[10, 0]])).toBe(10)
  })

  test('an edge is as wide as its share of the highest rate, in half pixels', () => {
    expect(edgeWidth(0, 100)).toBe(1.5)
    expect(edgeWidth(100, 100)).toBe(7)
    expect(edgeWidth(5, 0)).toBe(1.5)
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (rate) => {
        const width = edgeWidth(rate, 1e6)
        expect(width * 2).toBe(Math.round(width * 2))
      }),
    )
  })

  test('a sparkline runs from edge to edge, and is empty where nothing happened', () => {
    expect(sparkPath(new Float32Array(4), 60, 15)).toBe('')
    expect(sparkPath(Float32Array.of(0, 5, 10), 60, 15)).toBe('M0.0 15.0L30.0 7.5L60.0 0.0')
  })

  test('histories are read by node, wherever their bytes begin', () => {
    const values = Float32Array.from({ length: NODE_HISTORY_POINTS * 2 }, (_, i) => i)
    const shifted = new Uint8Array(values.byteLength + 1)
    shifted.set(new Uint8Array(values.buffer), 1)
    const read = histories(['a', 'b'], shifted.subarray(1), NODE_HISTORY_POINTS)
    expect(read.get('a')?.[1]).toBe(1)
    expect(read.get('b')?.[0]).toBe(NODE_HISTORY_POINTS)
  })

  test('all squares of a group have room', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (n) => {
        const { columns, side } = squares(n, 222, 56)
        expect(columns * side).toBeLessThanOrEqual(222)
        expect(Math.ceil(n / columns) * side).toBeLessThanOrEqual(56)
      }),
    )
  })
})
