import { parsePattern, type Node } from './pattern-parts.js'

/** Values of a byte that it knows. */
const ASCII = 128
/** Beyond these a pattern is left to RE2: steps of the program, and states that its rows bring up. */
const MOST_STEPS = 2000
const MOST_STATES = 2000
/** What the table says of a state not yet made. */
const UNKNOWN = -1

type Step =
  | { readonly kind: 'one'; readonly of: Uint8Array; readonly next: number }
  | { readonly kind: 'fork'; readonly next: number; readonly other: number }
  | { readonly kind: 'begin' | 'end'; readonly next: number }
  | { readonly kind: 'match' }

/**
 * Whether a pattern stands in bytes, for the patterns and the bytes that most people have: a table with a line for each state and an entry for each byte, made
 * as bytes ask for it, so that a byte costs one look-up. What it cannot say it leaves to RE2: patterns with other parts, and all bytes beyond ASCII.
 */
export class AsciiPattern {
  readonly #steps: readonly Step[]
  /** Of each state: the steps it stands at, whether the pattern has been found, and whether it is if the text ends here. */
  readonly #states: { readonly at: readonly number[]; readonly found: boolean; readonly ends: boolean }[] = []
  readonly #byKey = new Map<string, number>()
  /** The state that follows, by state and byte. */
  #table = new Int32Array(16 * ASCII).fill(UNKNOWN)
  #start = 0

  private constructor(steps: readonly Step[]) {
    this.#steps = steps
    this.#start = this.#state(this.#closure([0], true), true)
  }

  /** Undefined for a pattern that has parts which it does not know. @param pattern one that RE2 takes */
  static of(pattern: string): AsciiPattern | undefined {
    const parsed = parsePattern(pattern)
    if (parsed === undefined) return undefined
    const steps: Step[] = []
    try {
      write(parsed, steps)
    } catch (error) {
      if (error instanceof RangeError) return undefined
      throw error
    }
    steps.push({ kind: 'match' })
    return new AsciiPattern(steps)
  }

  /** Whether it stands in `bytes` between `from` and `to`; undefined where that is not for it to say. */
  test(bytes: Uint8Array, from: number, to: number): boolean | undefined {
    let state = this.#start
    const states = this.#states
    if (states[state]!.found) return true
    let table = this.#table
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!
      if (byte >= ASCII) return undefined
      let next = table[state * ASCII + byte]!
      if (next < 0) {
        next = this.#step(state, byte)
        if (next < 0) return undefined
        table = this.#table
      }
      if (next !== state) {
        if (states[next]!.found) return true
        state = next
      }
    }
    return states[state]!.ends
  }

  #step(state: number, byte: number): number {
    if (this.#states.length >= MOST_STATES) return UNKNOWN
    const reached: number[] = []
    for (const at of this.#states[state]!.at) {
      const step = this.#steps[at]!
      if (step.kind === 'one' && step.of[byte] === 1) reached.push(step.next)
    }
    // It may begin anywhere: after each byte too.
    const next = this.#state(this.#closure([...reached, 0], false), false)
    this.#table[state * ASCII + byte] = next
    return next
  }

  #state(at: readonly number[], begins: boolean): number {
    const key = `${begins ? '^' : ''}${at.join(',')}`
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const found = at.some((each) => this.#steps[each]!.kind === 'match')
    const ended = at.flatMap((each) => {
      const step = this.#steps[each]!
      return step.kind === 'end' ? [step.next] : []
    })
    const ends = found || this.#closure(ended, begins, true).some((each) => this.#steps[each]!.kind === 'match')
    const index = this.#states.push({ at, found, ends }) - 1
    this.#byKey.set(key, index)
    if ((index + 1) * ASCII > this.#table.length) {
      const wider = new Int32Array(this.#table.length * 2).fill(UNKNOWN)
      wider.set(this.#table)
      this.#table = wider
    }
    return index
  }

  /** The steps that are reached from these without a byte, in order. */
  #closure(from: readonly number[], begins: boolean, ends = false): number[] {
    const seen = new Set<number>()
    const open = [...from]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue
      seen.add(at)
      const step = this.#steps[at]!
      if (step.kind === 'fork') open.push(step.next, step.other)
      else if ((step.kind === 'begin' && begins) || (step.kind === 'end' && ends)) open.push(step.next)
    }
    return [...seen].filter((at) => this.#steps[at]!.kind !== 'fork').sort((a, b) => a - b)
  }
}

/** Appends the steps of a part; what follows it comes right behind them. Throws `RangeError` when there are too many. */
function write(node: Node, steps: Step[]): void {
  if (steps.length > MOST_STEPS) throw new RangeError('too many steps')
  const here = (): number => steps.length
  switch (node.kind) {
    case 'one':
      steps.push({ kind: 'one', of: node.of, next: here() + 1 })
      return
    case 'begin':
    case 'end':
      steps.push({ kind: node.kind, next: here() + 1 })
      return
    case 'all':
      for (const part of node.parts) write(part, steps)
      return
    case 'any': {
      const [first, ...rest] = node.parts
      if (first === undefined) return
      if (rest.length === 0) return write(first, steps)
      const fork = steps.push({ kind: 'match' }) - 1
      write(first, steps)
      const jump = steps.push({ kind: 'match' }) - 1
      steps[fork] = { kind: 'fork', next: fork + 1, other: here() }
      write({ kind: 'any', parts: rest }, steps)
      steps[jump] = { kind: 'fork', next: here(), other: here() }
      return
    }
    case 'many': {
      for (let n = 0; n < node.least; n++) write(node.part, steps)
      if (node.most === Infinity) {
        const fork = steps.push({ kind: 'match' }) - 1
        write(node.part, steps)
        steps.push({ kind: 'fork', next: fork, other: fork })
        steps[fork] = { kind: 'fork', next: fork + 1, other: here() }
        return
      }
      const forks: number[] = []
      for (let n = node.least; n < node.most; n++) {
        forks.push(steps.push({ kind: 'match' }) - 1)
        write(node.part, steps)
      }
      for (const fork of forks) steps[fork] = { kind: 'fork', next: fork + 1, other: here() }
    }
  }
}
