import { badPayload, type Format } from './bad-payload.js'

/** What a value is, as stored. Those from `array` on hold others. */
export const kinds = [
  'null',
  'undefined',
  'false',
  'true',
  'number',
  'string',
  'bytes',
  'extension',
  'simple',
  'array',
  'map',
  'tag',
] as const
export type Kind = (typeof kinds)[number]

/** Values in one tape at most: each takes 25 bytes, and nobody reads more of them. */
export const MAX_VALUES = 2_000_000

const codes = Object.fromEntries(kinds.map((kind, code) => [kind, code])) as Record<Kind, number>

/**
 * The structure of one JSON, MessagePack or CBOR value without the value: where each part begins and ends, what it is and what it
 * belongs to, in the order of the bytes. A tree that builds objects would lose what people look for (the second of two equal keys,
 * the last digits of a number, 1.0 and 1), would overflow the stack on deep nesting, and would take seconds over a large frame. This takes
 * one pass, and texts are made of the few values that are drawn.
 *
 * Nodes are numbered from 0, the root; a node's children follow it. Children of a map are key, value, key, value, …; a tag has one.
 */
export class Tape {
  readonly #format: Format
  #kind = new Uint8Array(64)
  /** In source units: bytes, or characters of JSON. */
  #start = new Uint32Array(64)
  #end = new Uint32Array(64)
  /** The node after this one and all that is in it. */
  #next = new Uint32Array(64)
  #parent = new Uint32Array(64)
  #index = new Uint32Array(64)
  #count = new Uint32Array(64)
  #length = 0
  /** Containers not yet closed, outermost first. */
  readonly #open: number[] = []

  constructor(format: Format) {
    this.#format = format
  }

  get length(): number {
    return this.#length
  }

  /** A value that holds no other. */
  leaf(kind: Kind, start: number, end: number): void {
    const node = this.#add(kind, start)
    this.#end[node] = end
    this.#next[node] = this.#length
  }
  open(kind: Kind, start: number): void {
    this.#open.push(this.#add(kind, start))
  }
  /** @param end where the last opened container ends */
  close(end: number): void {
    const node = this.#open.pop()!
    this.#end[node] = end
    this.#next[node] = this.#length
  }

  /** Whether the innermost container still open is a map. */
  lastOpenIsMap(): boolean {
    const node = this.#open.at(-1)
    return node !== undefined && this.#kind[node] === codes.map
  }

  kind(node: number): Kind {
    return kinds[this.#kind[node]!]!
  }
  holds(node: number): boolean {
    return this.#kind[node]! >= codes.array
  }
  start(node: number): number {
    return this.#start[node]!
  }
  end(node: number): number {
    return this.#end[node]!
  }
  /** The node that follows this one and everything in it: its next sibling, if it has one. */
  next(node: number): number {
    return this.#next[node]!
  }
  /** -1 for the root. */
  parent(node: number): number {
    return node === 0 ? -1 : this.#parent[node]!
  }
  /** Place among the nodes of its parent, from 0; keys count. */
  index(node: number): number {
    return this.#index[node]!
  }
  /** Nodes directly in this one; keys count. */
  children(node: number): number {
    return this.#count[node]!
  }

  #add(kind: Kind, start: number): number {
    const node = this.#length++
    if (node >= MAX_VALUES)
      throw badPayload(
        this.#format,
        start,
        `This has more than ${MAX_VALUES.toLocaleString('en')} values, too many for a tree: look at it as text or hex.`,
      )
    if (node === this.#kind.length) this.#grow()
    const parent = this.#open.at(-1)
    this.#kind[node] = codes[kind]
    this.#start[node] = start
    if (parent !== undefined) {
      this.#parent[node] = parent
      this.#index[node] = this.#count[parent]!++
    }
    return node
  }

  #grow(): void {
    const size = this.#kind.length * 2
    const grown = (from: Uint32Array): Uint32Array<ArrayBuffer> => {
      const to = new Uint32Array(size)
      to.set(from)
      return to
    }
    const kind = new Uint8Array(size)
    kind.set(this.#kind)
    this.#kind = kind
    this.#start = grown(this.#start)
    this.#end = grown(this.#end)
    this.#next = grown(this.#next)
    this.#parent = grown(this.#parent)
    this.#index = grown(this.#index)
    this.#count = grown(this.#count)
  }
}

/** Nodes read between two yields: about a millisecond. */
export const STRETCH = 10_000
