import { align, Ids } from './align.js'
import { changedCells, Numbers, plainCell, type Change, type Compared, type CompareRow } from './rows.js'

/** Lines of a text that are looked at; more of them nobody reads. */
const MOST_LINES = 200_000
/** Lines between two yields: about a millisecond. */
const STRETCH = 5000

/** Two texts beside each other, line by line. Yields about every millisecond. */
export function* compareTexts(left: string, right: string): Generator<void, Compared, void> {
  const a = yield* linesOf(left)
  const b = yield* linesOf(right)
  const ids = new Ids()
  const idsA = yield* idsOf(a.lines, ids)
  const idsB = yield* idsOf(b.lines, ids)
  const alignment = yield* align(idsA, idsB)
  const length = alignment.left.length
  const different = new Numbers()
  for (let i = 0; i < length; i++) {
    const [x, y] = [alignment.left[i]!, alignment.right[i]!]
    if (x < 0 || y < 0 || idsA[x] !== idsB[y]) different.push(i)
    if (i % (STRETCH * 10) === 0) yield
  }
  const row = (index: number): CompareRow => {
    const [x, y] = [alignment.left[index]!, alignment.right[index]!]
    const labels = [String(x + 1), String(y + 1)] as const
    if (x < 0 || y < 0) {
      const change: Change = x < 0 ? 'added' : 'removed'
      return {
        change,
        depth: 0,
        left: x < 0 ? undefined : plainCell(a.lines[x]!, labels[0]),
        right: y < 0 ? undefined : plainCell(b.lines[y]!, labels[1]),
      }
    }
    if (idsA[x] === idsB[y])
      return {
        change: 'same',
        depth: 0,
        left: plainCell(a.lines[x]!, labels[0]),
        right: plainCell(b.lines[y]!, labels[1]),
      }
    const [before, after] = changedCells(a.lines[x]!, b.lines[y]!, labels)
    return { change: 'changed', depth: 0, left: before, right: after }
  }
  return {
    length,
    different: different.list,
    stops: different.list,
    differences: different.length,
    row,
    limits: [...(a.whole && b.whole ? [] : ['rows' as const]), ...(alignment.whole ? [] : ['aligned' as const])],
  }
}

function* linesOf(text: string): Generator<void, { lines: string[]; whole: boolean }, void> {
  const lines: string[] = []
  if (text === '') return { lines, whole: true }
  for (let at = 0; lines.length < MOST_LINES;) {
    const end = text.indexOf('\n', at)
    lines.push(text.slice(at, end < 0 ? undefined : end))
    if (end < 0) return { lines, whole: true }
    at = end + 1
    if (lines.length % STRETCH === 0) yield
  }
  return { lines, whole: false }
}

function* idsOf(lines: readonly string[], ids: Ids): Generator<void, Uint32Array, void> {
  const found = new Uint32Array(lines.length)
  for (let i = 0; i < lines.length; i++) {
    found[i] = ids.of(lines[i]!)
    if (i % STRETCH === STRETCH - 1) yield
  }
  return found
}
