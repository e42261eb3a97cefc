import fc from 'fast-check'
import { encode as msgpack } from '@msgpack/msgpack'
import { describe, expect, test } from 'vitest'
import type { PageRow } from '../../src-main/contract/index.js'
import { readTree } from '../../src-main/payload/index.js'
import type { Compared } from '../../src-renderer/parts/compare/rows.js'
import { until } from '../helpers/until.js'

const { align, MOST_EDITS } = await import('../../src-renderer/parts/compare/align.js')
const { compareTexts } = await import('../../src-renderer/parts/compare/text-diff.js')
const { compareBytes } = await import('../../src-renderer/parts/compare/byte-diff.js')
const { compareTrees } = await import('../../src-renderer/parts/compare/tree-diff.js')
const { changedCells } = await import('../../src-renderer/parts/compare/rows.js')
const { Comparison } = await import('../../src-renderer/parts/compare/compare.svelte.js')

function done<T>(steps: Generator<void, T, void>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
const bytes = (text: string) => new TextEncoder().encode(text)
const signs = { same: ' ', inside: '>', changed: '~', removed: '-', added: '+' }
/** Rows as `sign label left | label right`. */
const shown = (compared: Compared) =>
  Array.from({ length: compared.length }, (_, i) => {
    const { change, left, right } = compared.row(i)
    return `${signs[change]} ${left === undefined ? '' : `${left.label} ${left.text}`}|${right === undefined ? '' : `${right.label} ${right.text}`}`
  })
const trees = (a: unknown, b: unknown) =>
  done(compareTrees(readTree(bytes(JSON.stringify(a)), 'json'), readTree(bytes(JSON.stringify(b)), 'json')))

describe('putting two lists beside each other', () => {
  test('keeps both whole and in order, pairs equals as often as any common part allows', () => {
    const list = fc.array(fc.nat(3), { maxLength: 24 })
    fc.assert(
      fc.property(list, list, (a, b) => {
        const { left, right, whole } = done(align(Uint32Array.from(a), Uint32Array.from(b)))
        expect(whole).toBe(true)
        expect([...left].filter((i) => i >= 0)).toEqual(a.map((_, i) => i))
        expect([...right].filter((i) => i >= 0)).toEqual(b.map((_, i) => i))
        let equal = 0
        left.forEach((x, i) => {
          if (x >= 0 && right[i]! >= 0 && a[x] === b[right[i]!]) equal++
        })
        expect(equal).toBeGreaterThanOrEqual(common(a, b))
      }),
    )
  })

  test('what is too different is paired in order, and said', () => {
    const a = Uint32Array.from({ length: MOST_EDITS }, (_, i) => i)
    const b = a.map((i) => i + MOST_EDITS)
    const { left, right, whole } = done(align(a, b))
    expect(whole).toBe(false)
    expect([...left]).toEqual([...right])
  })
})

/** Length of the longest common subsequence. */
function common(a: number[], b: number[]): number {
  let before = new Array<number>(b.length + 1).fill(0)
  for (const x of a) {
    const next = [0]
    b.forEach((y, j) => next.push(x === y ? before[j]! + 1 : Math.max(next[j]!, before[j + 1]!)))
    before = next
  }
  return before[b.length]!
}

describe('two trees', () => {
  test('pair maps by their keys and lists by what is in them', () => {
    const compared = trees(
      { a: 1, gone: [1], pose: { x: 1, y: [1, 2, 3] }, same: { deep: [1, 2] }, kind: 1 },
      { pose: { x: 1, y: [0, 1, 2, 3] }, a: 2, same: { deep: [1, 2] }, fresh: 'new', kind: '1' },
    )
    expect(shown(compared)).toEqual([
      '>  {| {',
      '~ a 1|a 2',
      '- gone [1]|',
      '> pose {|pose {',
      '  x 1|x 1',
      '> y [|y [',
      '+ |0 0',
      '  0 → 1 1|0 → 1 1',
      '  1 → 2 2|1 → 2 2',
      '  2 → 3 3|2 → 3 3',
      '  same {"deep": [1, 2]}|same {"deep": [1, 2]}',
      '~ kind 1|kind "1"',
      '+ |fresh "new"',
    ])
    expect(compared.differences).toBe(5)
  })

  test('are the same however they are written, and numbers beyond 2^53 are not taken for each other', () => {
    const json = readTree(bytes('{"a":1.0,"b":"\\u00e9","c":[true,null]}'), 'json')
    const packed = readTree(msgpack({ a: 1, b: 'é', c: [true, null] }), 'msgpack')
    expect(done(compareTrees(json, packed)).differences).toBe(0)
    const large = (n: string) => readTree(bytes(`[${n}]`), 'json')
    expect(done(compareTrees(large('9007199254740993'), large('9007199254740992'))).differences).toBe(1)
  })

  test('a value against itself has no difference, against another at least one', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(trees(a, a).differences).toBe(0)
        // Keys have no order, and -0 is written as 0.
        const alike = JSON.stringify(sorted(JSON.parse(JSON.stringify(a)))) === JSON.stringify(sorted(JSON.parse(JSON.stringify(b)))) // prettier-ignore
        expect(trees(a, b).differences === 0).toBe(alike)
      }),
    )
  })

  test('where a long text differs is shown, however far in', () => {
    const text = 'x'.repeat(50_000)
    const { left, right } = trees([`${text}a`], [`${text}b`]).row(1)
    const marked = (cell: typeof left) => cell!.marked.map(([from, to]) => cell!.text.slice(from, to))
    expect([marked(left), marked(right)]).toEqual([['a'], ['b']])
  })

  test('an equal key twice is compared with its fellow; nesting does not end it; very many differences are counted', () => {
    const twice = (text: string) => readTree(bytes(text), 'json')
    expect(shown(done(compareTrees(twice('{"a":1,"a":2}'), twice('{"a":1,"a":3}'))))).toEqual(['>  {| {', '  a 1|a 1', '~ a 2|a 3']) // prettier-ignore
    const deep = (n: number) => twice(`${'['.repeat(5000)}${n}${']'.repeat(5000)}`)
    expect(done(compareTrees(deep(1), deep(2))).differences).toBe(1)
    const many = (add: number) => Array.from({ length: 60_000 }, (_, i) => i + add)
    const compared = trees(many(0), many(1))
    expect([compared.differences, compared.limits]).toEqual([60_000, ['rows']])
    expect(compared.length).toBeLessThan(50_000)
  })
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)])) // prettier-ignore
}

describe('two texts and two runs of bytes', () => {
  test('lines stand opposite of each other, what differs in one is marked', () => {
    const compared = done(compareTexts('one\ntwo\nthree\nfour', 'one\nthree\nfour!\nfive'))
    expect(shown(compared)).toEqual(['  1 one|1 one', '- 2 two|', '  3 three|2 three', '~ 4 four|3 four!', '+ |4 five'])
    expect(compared.row(3).right!.marked).toEqual([[4, 5]])
    expect([...compared.different]).toEqual([1, 3, 4])
  })

  test('of a long line that is shown which differs', () => {
    const text = `${'x'.repeat(5000)}A${'y'.repeat(5000)}`
    const [left, right] = changedCells(text, text.replace('A', 'BB'), ['', ''])
    const marked = ({ text: at, marked: [[from, to] = [0, 0]] }: typeof left) => at.slice(from, to)
    expect([marked(left), marked(right)]).toEqual(['A', 'BB'])
    expect(left.text.length).toBeLessThan(500)
  })

  test('bytes at the same offset, both in hex and as characters', () => {
    const compared = done(compareBytes(bytes('abcdefgh12345678rest'), bytes('abcdefgh12x45678')))
    expect([compared.length, compared.differences, [...compared.different]]).toEqual([3, 5, [1, 2]])
    expect(compared.row(1)).toMatchObject({
      change: 'changed',
      left: { label: '000008', text: '31 32 33 34 35 36 37 38  12345678', marked: [[6, 8], [27, 28]] }, // prettier-ignore
    })
    expect(compared.row(1).left!.text.slice(27, 28)).toBe('3')
    expect(compared.row(2)).toMatchObject({ change: 'removed', right: undefined })
  })

  test('rows that are told of are those that differ, whatever the bytes', () => {
    const some = fc.uint8Array({ maxLength: 60 })
    fc.assert(
      fc.property(some, some, (a, b) => {
        const compared = done(compareBytes(a, b))
        const changed = Array.from({ length: compared.length }, (_, i) => i).filter((i) => compared.row(i).change !== 'same') // prettier-ignore
        expect([...compared.different]).toEqual(changed)
      }),
    )
  })
})

describe('comparing two messages', () => {
  const message = (seq: number, ...frames: Uint8Array[]) => ({
    session: 's',
    name: 'Radio',
    row: {
      seq,
      time: seq * 1000,
      frames: frames.map((each) => ({ bytes: each, size: each.length })),
    } as unknown as PageRow,
  })

  test('begins at the first frame that differs, as what both can be read as, and goes from one difference to the next', async () => {
    const comparison = new Comparison(
      message(1, bytes('pose'), bytes('{"x":1,"y":2,"z":3}')),
      message(3, bytes('pose'), bytes('{"x":1,"y":5,"z":6}')),
    )
    await until(() => comparison.compared, { what: 'them to be compared' })
    expect([comparison.frame, comparison.view, comparison.views]).toEqual([1, 'tree', ['tree', 'text', 'hex']])
    expect([comparison.same, comparison.apart]).toEqual([[true, false], 2000])
    expect(comparison.length).toBe(4)
    comparison.only = true
    expect(comparison.length).toBe(3)
    comparison.go(1)
    comparison.go(1)
    expect([comparison.at, comparison.atRow]).toEqual([2, 3])
    comparison.show('hex')
    await until(() => comparison.compared, { what: 'the bytes to be compared' })
    expect([comparison.compared!.differences, comparison.at]).toEqual([2, 0])
    comparison.showFrame(0)
    await until(() => comparison.compared, { what: 'the topics to be compared' })
    expect([comparison.view, comparison.compared!.differences]).toEqual(['text', 0])
  })

  test('frames that only one has are there to be seen; bytes are bytes', async () => {
    const comparison = new Comparison(message(1, Uint8Array.of(0, 1)), message(2, Uint8Array.of(0, 2), bytes('more')))
    await until(() => comparison.compared, { what: 'them to be compared' })
    expect([comparison.frames, comparison.view, comparison.same]).toEqual([2, 'hex', [false, false]])
    comparison.showFrame(1)
    await until(() => comparison.compared, { what: 'the other frame to be compared' })
    expect(shown(comparison.compared!)[0]).toBe('+ |1 more')
  })

  test('5 MB do not hold up what else is to be done', async () => {
    const large = (n: number) =>
      bytes(JSON.stringify(Array.from({ length: 100_000 }, (_, i) => ({ id: i, value: i === 77_777 ? n : i / 3 }))))
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const comparison = new Comparison(message(1, large(1)), message(2, large(2)))
    await until(() => comparison.compared, { what: 'them to be compared', deadline: 20_000 })
    clearInterval(timer)
    expect(comparison.compared!.differences).toBe(1)
    // Others had their turn all along.
    expect(turns).toBeGreaterThan(10)
  })
})
