import type { TreeDocument } from '../../../src-main/payload/index.js'
import { align, Ids } from './align.js'
import { changedCells, plainCell, type Change, type Compared, type CompareRow } from './rows.js'

/** Rows kept of what is the same, and of what is not; beyond, differences are still counted. */
const MOST_ROWS = 20_000
/** Values looked at between two yields: about a millisecond. */
const STRETCH = 2000
/** Elements of a list, and characters of it, that are aligned by what they are; longer lists are compared place by place. */
const MOST_ELEMENTS = 2000
const MOST_CHARACTERS = 500_000
/** Levels down to which equal parts are told by their text at once. */
const TOLD = 50
/** Characters of a value on one line, and of one that changed in which the place is looked for. */
const SHOWN = 400
const LOOKED_AT = 1_000_000

interface Task {
  /** Nodes of either side; -1 where there is none. */
  readonly x: number
  readonly y: number
  readonly depth: number
  /** Row that this is within; -1: none. */
  readonly up: number
  readonly name: string
}
interface Kept extends Task {
  change: Change
  /** Shown as one line, with all that is in it. */
  readonly folded: boolean
}

/** Two trees beside each other: pairs of maps by their keys, lists by what is in them. Yields about every millisecond. */
export function* compareTrees(a: TreeDocument, b: TreeDocument): Generator<void, Compared, void> {
  const rows: Kept[] = []
  const limits = new Set<'rows' | 'aligned'>()
  let differences = 0
  let same = 0
  let looked = 0
  const keep = (task: Task, change: Change, folded: boolean): number => {
    if (change === 'same' && same++ >= MOST_ROWS) return task.up
    if (rows.length >= 2 * MOST_ROWS) {
      limits.add('rows')
      return task.up
    }
    rows.push({ ...task, change, folded })
    return rows.length - 1
  }
  const differs = (up: number): void => {
    differences++
    for (let at = up; at >= 0 && rows[at]!.change === 'same'; at = rows[at]!.up) rows[at]!.change = 'inside'
  }

  const tasks: Task[] = [{ x: 0, y: 0, depth: 0, up: -1, name: '' }]
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if (++looked % STRETCH === 0) yield
    const { x, y, depth, up } = task
    if (x < 0 || y < 0) {
      keep(task, x < 0 ? 'added' : 'removed', true)
      differs(up)
      continue
    }
    const kind = a.tape.kind(x)
    const nested = kind === b.tape.kind(y) && (kind === 'map' || kind === 'array')
    if (nested && depth < TOLD && sameText(a, x, b, y)) {
      keep(task, 'same', true)
      continue
    }
    if (!nested) {
      const equal = sameValue(a, x, b, y)
      keep(task, equal ? 'same' : 'changed', true)
      if (!equal) differs(up)
      continue
    }
    const at = keep(task, 'same', false)
    const pairs: Task[] = []
    if (kind === 'map') yield* mapPairs(a, x, b, y, (pair) => pairs.push({ ...pair, depth: depth + 1, up: at }))
    else {
      const whole = yield* listPairs(a, x, b, y, (pair) => pairs.push({ ...pair, depth: depth + 1, up: at }))
      if (!whole) limits.add('aligned')
    }
    for (let i = pairs.length - 1; i >= 0; i--) tasks.push(pairs[i]!)
  }

  const different: number[] = []
  rows.forEach(({ change }, index) => {
    if (change !== 'same') different.push(index)
  })
  return {
    length: rows.length,
    different: Uint32Array.from(different),
    stops: Uint32Array.from(different.filter((index) => rows[index]!.change !== 'inside')),
    differences,
    row: (index) => rowOf(rows[index]!, a, b),
    limits: [...limits],
  }
}

function rowOf({ x, y, depth, name, change, folded }: Kept, a: TreeDocument, b: TreeDocument): CompareRow {
  const text = (document: TreeDocument, node: number): string =>
    folded
      ? document.notation(node, change === 'changed' ? LOOKED_AT : SHOWN)
      : document.tape.kind(node) === 'map'
        ? '{'
        : '['
  if (change === 'changed') {
    const [left, right] = changedCells(text(a, x), text(b, y), [name, name])
    return { change, depth, left, right }
  }
  return {
    change,
    depth,
    left: x < 0 ? undefined : plainCell(text(a, x), name),
    right: y < 0 ? undefined : plainCell(text(b, y), name),
  }
}

/** Whether two parts of JSON are written alike; false where that is not known. */
function sameText(a: TreeDocument, x: number, b: TreeDocument, y: number): boolean {
  if (a.format !== 'json' || b.format !== 'json') return false
  if (a.tape.end(x) - a.tape.start(x) !== b.tape.end(y) - b.tape.start(y)) return false
  return a.json(x) === b.json(y)
}

/** Whether two values are the same, however they are written: 1 and 1.0 are, and so are a text of JSON and the same of CBOR. */
function sameValue(a: TreeDocument, x: number, b: TreeDocument, y: number): boolean {
  const kind = a.tape.kind(x)
  if (kind !== b.tape.kind(y)) return false
  const [left, right] = [a.json(x), b.json(y)]
  if (left === right) return true
  if (kind === 'string') return a.text(x) !== undefined && a.text(x) === b.text(y)
  if (kind !== 'number') return false
  const [n, m] = [Number(left), Number(right)]
  // Beyond 2^53 two different integers are the same float.
  return n === m && (Math.abs(n) <= Number.MAX_SAFE_INTEGER || !Number.isInteger(n))
}

type Pair = Pick<Task, 'x' | 'y' | 'name'>

/** Values of the same key, those of the first side in its order, then what the second one has besides. Of equal keys the first goes with the first. */
function* mapPairs(
  a: TreeDocument,
  x: number,
  b: TreeDocument,
  y: number,
  give: (pair: Pair) => void,
): Generator<void> {
  const right = new Map<string, number>()
  for (const [name, value] of entries(b, y)) right.set(name, value)
  yield
  let looked = 0
  for (const [name, value, shown] of entries(a, x)) {
    const other = right.get(name)
    right.delete(name)
    give({ x: value, y: other ?? -1, name: shown })
    if (++looked % STRETCH === 0) yield
  }
  for (const value of right.values()) give({ x: -1, y: value, name: b.name(b.keyOf(value)).slice(0, SHOWN) })
}

/** Keys, made different where a map has one twice, with their values. */
function* entries(document: TreeDocument, map: number): Generator<[string, number, string]> {
  const { tape } = document
  const seen = new Map<string, number>()
  const end = tape.next(map)
  for (let key = map + 1; key < end;) {
    const value = tape.next(key)
    const name = document.name(key)
    const times = seen.get(name) ?? 0
    seen.set(name, times + 1)
    yield [times === 0 ? name : `${name}\0${times}`, value, name.slice(0, SHOWN)]
    key = tape.next(value)
  }
}

/** Elements opposite of each other: those that are the same, and between them in order. False where the lists were too long for that. */
function* listPairs(
  a: TreeDocument,
  x: number,
  b: TreeDocument,
  y: number,
  give: (pair: Pair) => void,
): Generator<void, boolean, void> {
  const left = elements(a, x)
  const right = elements(b, y)
  const size = a.tape.end(x) - a.tape.start(x) + b.tape.end(y) - b.tape.start(y)
  const short = left.length <= MOST_ELEMENTS && right.length <= MOST_ELEMENTS && size <= MOST_CHARACTERS
  if (!short || left.length === right.length) {
    for (let i = 0; i < Math.max(left.length, right.length); i++) {
      give({ x: left[i] ?? -1, y: right[i] ?? -1, name: String(i) })
      if (i % STRETCH === STRETCH - 1) yield
    }
    return short || left.length === right.length
  }
  const ids = new Ids()
  const idsA = Uint32Array.from(left, (node) => ids.of(a.json(node)))
  const idsB = Uint32Array.from(right, (node) => ids.of(b.json(node)))
  yield
  const alignment = yield* align(idsA, idsB)
  for (let i = 0; i < alignment.left.length; i++) {
    const [at, to] = [alignment.left[i]!, alignment.right[i]!]
    const name = at === to || to < 0 ? String(at) : at < 0 ? String(to) : `${at} → ${to}`
    give({ x: at < 0 ? -1 : left[at]!, y: to < 0 ? -1 : right[to]!, name })
  }
  return alignment.whole
}

function elements(document: TreeDocument, list: number): number[] {
  const { tape } = document
  const nodes: number[] = []
  const end = tape.next(list)
  for (let node = list + 1; node < end; node = tape.next(node)) nodes.push(node)
  return nodes
}
