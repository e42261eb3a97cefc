import { describe, expect, test } from 'vitest'
import { TOPIC_ENTRY_BYTES, topicKinds, type TopicChanges, type TopicKey } from '../../src-main/contract/index.js'
import { parseQuery } from '../../src-renderer/desks/radio/table/query.js'
import { partsOf, TopicTree } from '../../src-renderer/desks/radio/topics/topic-tree.js'

const key = (name: string, kind: TopicKey['kind'] = 'text'): TopicKey => ({ kind, name })

/** What the engine would say: new names, and entries as `[index, rate, messages, seq]`. */
function changes(names: readonly TopicKey[], entries: readonly (readonly number[])[], whole = false): TopicChanges {
  const bytes = new Uint8Array(entries.length * TOPIC_ENTRY_BYTES)
  const view = new DataView(bytes.buffer)
  entries.forEach(([index = 0, rate = 0, messages = 0, seq = 0], i) => {
    const at = i * TOPIC_ENTRY_BYTES
    view.setUint32(at, index, true)
    view.setFloat32(at + 4, rate, true)
    view.setFloat64(at + 8, messages, true)
    view.setFloat64(at + 16, messages * 10, true)
    view.setFloat64(at + 24, seq, true)
  })
  const encoded = names.flatMap(({ kind, name }) => {
    const text = [...new TextEncoder().encode(name)]
    return [topicKinds.indexOf(kind), text.length & 255, text.length >> 8, ...text]
  })
  return {
    revision: 1,
    whole,
    known: names.length,
    topics: names.length,
    behind: 0,
    gone: 0,
    others: { messages: 0, bytes: 0 },
    sources: [],
    entries: bytes,
    names: Uint8Array.from(encoded),
  }
}
const outline = (tree: TopicTree, order: 'name' | 'rate' = 'name', search = '') =>
  tree.rows(order, search).map(({ depth, name }) => `${'  '.repeat(depth)}${name}`)

describe('a tree of topics', () => {
  test.each([
    ['vehicle/speed', ['vehicle', 'speed']],
    ['/vehicle/speed', ['/vehicle', 'speed']],
    ['a.b.c', ['a', 'b', 'c']],
    ['a/b.c', ['a', 'b.c']],
    ['plain', ['plain']],
    ['', ['']],
    ['/', ['/']],
    ['诊断/电池', ['诊断', '电池']],
  ])('%s is split', (name, parts) => {
    expect(partsOf(key(name))).toEqual(parts)
  })

  test.each(['a//b', 'a/b/', '//', 'a/', '..', 'a..b.'])(
    '%s keeps every letter, so no two topics share a place',
    (name) => {
      expect(partsOf(key(name)).join(name.includes('/') ? '/' : '.')).toBe(name)
    },
  )

  test('sums up what is below, and keeps a topic that others begin with', () => {
    const tree = new TopicTree()
    expect(tree.take(changes([key('v'), key('v/b'), key('v/a'), key('', 'none')], [[1, 2, 20, 5], [2, 3, 30, 9], [0, 1, 1, 1]]))).toBe(true) // prettier-ignore
    expect(outline(tree)).toEqual(['', 'v', '  a', '  b'])
    expect(tree.node('v')).toMatchObject({ topics: 3, rate: 6, messages: 51, bytes: 510, lastSeq: 9, ownSeq: 1 })
    expect(tree.take(changes([], [[1, 0, 21, 12]]))).toBe(false)
    expect(tree.node('v')).toMatchObject({ rate: 4, messages: 52, lastSeq: 12 })
    expect(tree.keysOf(tree.node('v')!).map(({ name }) => name)).toEqual(['v', 'v/b', 'v/a'])
  })

  test('sorts by name as people count, or by rate; a search shows what is above', () => {
    const tree = new TopicTree()
    tree.take(changes([key('s/10'), key('s/9'), key('other')], [[0, 5, 1, 1], [1, 7, 1, 2], [2, 50, 1, 3]])) // prettier-ignore
    expect(outline(tree)).toEqual(['other', 's', '  9', '  10'])
    expect(outline(tree, 'rate')).toEqual(['other', 's', '  9', '  10'])
    expect(outline(tree, 'name', '10')).toEqual(['s', '  10'])
  })

  test('begins anew when the engine does, with the same branches open', () => {
    const tree = new TopicTree()
    tree.take(changes([key('a/b')], [[0, 1, 1, 1]]))
    tree.node('a')!.open = false
    expect(tree.take(changes([key('a/c')], [[0, 1, 1, 1]], true))).toBe(true)
    expect(outline(tree)).toEqual(['a'])
    expect(tree.node('a/b')).toBeUndefined()
  })

  test('ten thousand topics are taken and laid out at once', () => {
    const tree = new TopicTree()
    const names = Array.from({ length: 10_000 }, (_, i) => key(`group${i % 100}/topic${i}`))
    tree.take(changes(names, names.map((_, i) => [i, 1, 1, i + 1]))) // prettier-ignore
    expect(tree.size).toBe(10_000)
    expect(tree.rows('name', '')).toHaveLength(100)
    expect(tree.node('group7')).toMatchObject({ topics: 100, rate: 100 })
  })
})

describe('what is typed into the filter', () => {
  test.each([
    ['', {}],
    ['hello  world', { text: 'hello world' }],
    ['topic:vehicle/*', { topic: 'vehicle/' }],
    ['topic:"with blank" stop', { topic: 'with blank', text: 'stop' }],
    ['re:^\\d+$', { regex: '^\\d+$' }],
    ['size>1.5kB size<=2MB', { minSize: 1501, maxSize: 2_000_000 }],
    ['size=38', { minSize: 38, maxSize: 38 }],
    ['$.pose.x>=0.5', { json: { path: 'pose.x', is: '>=', value: '0.5' } }],
    ['$.state="in motion"', { json: { path: 'state', is: '=', value: 'in motion' } }],
    ['$[0].x', { json: { path: '[0].x', is: 'exists', value: '' } }],
    ['text:topic:x', { text: 'topic:x' }],
    ['$5', { text: '$5' }],
    ['topic:', {}],
  ])('%s', (typed, filter) => {
    expect(parseQuery(typed)).toEqual({ filter, bad: undefined })
  })

  test.each(['size>', 'size>much', 'size<3furlongs'])('%s is told to be unreadable', (typed) => {
    expect(parseQuery(typed)).toEqual({ filter: {}, bad: typed })
  })
})
