/** Insertions and deletions beyond which two lists are too different to be aligned: what it takes grows with their square. */
export const MOST_EDITS = 800

/** What stands opposite of each other: an index of either list, or -1. */
export interface Alignment {
  readonly left: Int32Array
  readonly right: Int32Array
  /** Whether all of it was aligned; otherwise the middle is paired in order. */
  readonly whole: boolean
}

/**
 * Puts two lists of ids beside each other so that as many as possible stand opposite their equal (Myers' greedy algorithm). Between those, what is left over
 * is paired in order. Yields about every millisecond.
 */
export function* align(a: Uint32Array, b: Uint32Array): Generator<void, Alignment, void> {
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const middleA = a.subarray(head, a.length - tail)
  const middleB = b.subarray(head, b.length - tail)
  yield
  const matches = yield* matching(middleA, middleB)

  const left: number[] = []
  const right: number[] = []
  const pair = (x: number, y: number): void => {
    left.push(x)
    right.push(y)
  }
  /** What stands between two pairs of equals: paired in order, then what is left of the longer one. */
  const between = (x: number, toX: number, y: number, toY: number): void => {
    while (x < toX || y < toY) pair(x < toX ? x++ : -1, y < toY ? y++ : -1)
  }
  for (let i = 0; i < head; i++) pair(i, i)
  let x = head
  let y = head
  for (const [i, j] of matches ?? []) {
    between(x, head + i, y, head + j)
    pair(head + i, head + j)
    x = head + i + 1
    y = head + j + 1
  }
  between(x, a.length - tail, y, b.length - tail)
  for (let i = tail; i > 0; i--) pair(a.length - i, b.length - i)
  return { left: Int32Array.from(left), right: Int32Array.from(right), whole: matches !== undefined }
}

/** The pairs of equals in both lists, ascending; undefined where it would take too long. */
function* matching(a: Uint32Array, b: Uint32Array): Generator<void, [number, number][] | undefined, void> {
  const [n, m] = [a.length, b.length]
  const most = Math.min(n + m, MOST_EDITS)
  /** Furthest index of `a` on each diagonal, by number of edits so far. */
  const trace: Int32Array[] = []
  const furthest = new Int32Array(2 * most + 3)
  const middle = most + 1
  for (let edits = 0; edits <= most; edits++) {
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && furthest[middle + k - 1]! < furthest[middle + k + 1]!)
      let x = down ? furthest[middle + k + 1]! : furthest[middle + k - 1]! + 1
      let y = x - k
      while (x < n && y < m && a[x] === b[y]) {
        x++
        y++
      }
      furthest[middle + k] = x
      if (x < n || y < m) continue
      trace.push(furthest.slice(middle - edits - 1, middle + edits + 2))
      return back(trace, n, m)
    }
    trace.push(furthest.slice(middle - edits - 1, middle + edits + 2))
    if (edits % 16 === 15) yield
  }
  return undefined
}

/** The way back through the trace: `trace[d]` holds the diagonals -d - 1 to d + 1. */
function back(trace: readonly Int32Array[], n: number, m: number): [number, number][] {
  const matches: [number, number][] = []
  let x = n
  let y = m
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    let fromX = 0
    let fromY = 0
    if (edits > 0) {
      const before = trace[edits - 1]!
      const at = (diagonal: number): number => before[diagonal + edits]!
      const k = x - y
      const diagonal = k === -edits || (k !== edits && at(k - 1) < at(k + 1)) ? k + 1 : k - 1
      fromX = at(diagonal)
      fromY = fromX - diagonal
    }
    while (x > fromX && y > fromY) matches.push([--x, --y])
    x = fromX
    y = fromY
  }
  return matches.reverse()
}

/** Numbers for texts: the same for the same. */
export class Ids {
  readonly #known = new Map<string, number>()

  of(text: string): number {
    let id = this.#known.get(text)
    if (id === undefined) {
      id = this.#known.size
      this.#known.set(text, id)
    }
    return id
  }
}
