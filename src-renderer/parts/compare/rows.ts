/** What became of a value, a line or some bytes from the one message to the other. `inside`: unchanged itself, and something in it is not. */
export type Change = 'same' | 'inside' | 'changed' | 'removed' | 'added'

/** One side of a row: its text, of which `marked` (from, to) is what differs. */
export interface Cell {
  /** A name, a line's number or an offset, which is compared elsewhere. */
  readonly label: string
  readonly text: string
  readonly marked: readonly (readonly [number, number])[]
}

export interface CompareRow {
  readonly change: Change
  /** Levels in, for trees. */
  readonly depth: number
  readonly left: Cell | undefined
  readonly right: Cell | undefined
}

/** Two frames beside each other, a row at a time: only the rows in view are ever made. */
export interface Compared {
  readonly length: number
  /** Indices of rows that are not the same on both sides, ascending; with those that hold one. */
  readonly different: Uint32Array
  /** Those that are themselves a difference: what one goes to from one to the next. */
  readonly stops: Uint32Array
  /** Differences in all (of bytes: bytes), more than there are rows for if there are very many. */
  readonly differences: number
  row(index: number): CompareRow
  /** What was left out, since a person waits. */
  readonly limits: readonly ('rows' | 'aligned')[]
}

/** Characters of a text that a cell shows around what differs. */
const SHOWN = 400
const BEFORE = 60

/** Two texts as cells, with what differs between their common beginning and end marked; long ones are cut to where that is. */
export function changedCells(left: string, right: string, labels: readonly [string, string]): [Cell, Cell] {
  let from = 0
  const least = Math.min(left.length, right.length)
  while (from < least && left.charCodeAt(from) === right.charCodeAt(from)) from++
  let same = 0
  while (same < least - from && left.charCodeAt(left.length - 1 - same) === right.charCodeAt(right.length - 1 - same))
    same++
  // Never within a surrogate pair.
  if (from > 0 && (left.charCodeAt(from - 1) & 0xfc00) === 0xd800) from--
  const cell = (text: string, label: string): Cell => {
    const to = text.length - same
    const start = from > BEFORE * 2 && text.length > SHOWN ? from - BEFORE : 0
    const shown = clip(text, start)
    const head = start > 0 ? 1 : 0
    const marked: [number, number] = [from - start + head, Math.min(to - start + head, shown.length)]
    return { label, text: shown, marked: marked[0] < marked[1] ? [marked] : [] }
  }
  return [cell(left, labels[0]), cell(right, labels[1])]
}

export const plainCell = (text: string, label: string): Cell => ({ label, text: clip(text, 0), marked: [] })

function clip(text: string, start: number): string {
  const end = start + SHOWN
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`
}

/** A list of numbers that grows. */
export class Numbers {
  #list = new Uint32Array(256)
  #length = 0

  get length(): number {
    return this.#length
  }
  push(value: number): void {
    if (this.#length === this.#list.length) {
      const larger = new Uint32Array(this.#length * 2)
      larger.set(this.#list)
      this.#list = larger
    }
    this.#list[this.#length++] = value
  }
  at(index: number): number {
    return this.#list[index]!
  }
  get list(): Uint32Array {
    return this.#list.subarray(0, this.#length)
  }
}
