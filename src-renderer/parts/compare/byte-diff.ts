import { hexRows } from '../../../src-main/payload/index.js'
import { Numbers, type Cell, type Compared, type CompareRow } from './rows.js'

/** Bytes of a row. */
export const WIDTH = 8
/** Bytes looked at between two yields: about a millisecond. */
const STRETCH = 1 << 20

/** Two frames beside each other, byte by byte at the same offsets. Yields about every millisecond. */
export function* compareBytes(left: Uint8Array, right: Uint8Array): Generator<void, Compared, void> {
  const shared = Math.min(left.length, right.length)
  const length = Math.ceil(Math.max(left.length, right.length) / WIDTH)
  const different = new Numbers()
  let differences = Math.max(left.length, right.length) - shared
  for (let start = 0; start < shared; start += STRETCH) {
    const end = Math.min(shared, start + STRETCH)
    for (let at = start; at < end; at++) {
      if (left[at] === right[at]) continue
      differences++
      const line = Math.floor(at / WIDTH)
      if (different.length === 0 || different.at(different.length - 1) !== line) different.push(line)
    }
    yield
  }
  for (let line = Math.floor(shared / WIDTH); line < length && left.length !== right.length; line++) {
    if (different.length === 0 || different.at(different.length - 1) < line) different.push(line)
    if (line % STRETCH === 0) yield
  }
  const row = (index: number): CompareRow => {
    const from = index * WIDTH
    const marks: [number, number][] = []
    let changed = false
    for (let i = 0; i < WIDTH; i++) {
      if (left[from + i] === right[from + i]) continue
      changed = true
      marks.push([i, i + 1])
    }
    const change = !changed ? 'same' : from >= left.length ? 'added' : from >= right.length ? 'removed' : 'changed'
    return { change, depth: 0, left: cell(left, index, marks), right: cell(right, index, marks) }
  }
  return { length, different: different.list, stops: different.list, differences, row, limits: [] }
}

/** Hex and then the characters, what differs marked in both. */
function cell(bytes: Uint8Array, index: number, marks: readonly [number, number][]): Cell | undefined {
  const line = hexRows(bytes, index, 1, WIDTH)[0]
  if (line === undefined) return undefined
  const count = line.ascii.length
  const own = marks.filter(([at]) => at < count)
  return {
    label: line.offset.toString(16).padStart(6, '0'),
    text: `${line.hex}  ${line.ascii}`,
    marked: [
      ...own.map(([at]): [number, number] => [at * 3, at * 3 + 2]),
      ...own.map(([at]): [number, number] => [WIDTH * 3 + 1 + at, WIDTH * 3 + 2 + at]),
    ],
  }
}
