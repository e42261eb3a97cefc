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

/** Values in one tape at most: each takes 28 bytes, and nobody reads more of them. */
export const MAX_VALUES = 2_000_000

/** What is kept of a node. Positions are in source units: bytes, or characters of JSON. */
const KIND = 0
const START = 1
const END = 2
/** The node after this one and all that is in it. */
const NEXT = 3
const PARENT = 4
const INDEX = 5
const COUNT = 6
const WORDS = 7
/** 1024 nodes a chunk. */
const SHIFT = 10
const MASK = (1 << SHIFT) - 1

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
  /** WORDS numbers a node, 1024 nodes a piece: it grows without copying what it has. */
  readonly #chunks: Uint32Array[] = []
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
    this.#set(node, END, end)
    this.#set(node, NEXT, this.#length)
  }
  open(kind: Kind, start: number): void {
    this.#open.push(this.#add(kind, start))
  }
  /** @param end where the last opened container ends */
  close(end: number): void {
    const node = this.#open.pop()!
    this.#set(node, END, end)
    this.#set(node, NEXT, this.#length)
  }

  /** Whether the innermost container still open is a map. */
  lastOpenIsMap(): boolean {
    const node = this.#open.at(-1)
    return node !== undefined && this.#get(node, KIND) === codes.map
  }

  kind(node: number): Kind {
    return kinds[this.#get(node, KIND)]!
  }
  holds(node: number): boolean {
    return this.#get(node, KIND) >= codes.array
  }
  start(node: number): number {
    return this.#get(node, START)
  }
  end(node: number): number {
    return this.#get(node, END)
  }
  /** The node that follows this one and everything in it: its next sibling, if it has one. */
  next(node: number): number {
    return this.#get(node, NEXT)
  }
  /** -1 for the root. */
  parent(node: number): number {
    return node === 0 ? -1 : this.#get(node, PARENT)
  }
  /** Place among the nodes of its parent, from 0; keys count. */
  index(node: number): number {
    return this.#get(node, INDEX)
  }
  /** Nodes directly in this one; keys count. */
  children(node: number): number {
    return this.#get(node, COUNT)
  }

  #add(kind: Kind, start: number): number {
    const node = this.#length++
    if (node >= MAX_VALUES)
      throw badPayload(
        this.#format,
        start,
        `This has more than ${MAX_VALUES.toLocaleString('en')} values, too many for a tree: look at it as text or hex.`,
      )
    if (node >> SHIFT === this.#chunks.length) this.#chunks.push(new Uint32Array(WORDS << SHIFT))
    const parent = this.#open.at(-1)
    this.#set(node, KIND, codes[kind])
    this.#set(node, START, start)
    if (parent !== undefined) {
      const index = this.#get(parent, COUNT)
      this.#set(node, PARENT, parent)
      this.#set(node, INDEX, index)
      this.#set(parent, COUNT, index + 1)
    }
    return node
  }

  #get(node: number, word: number): number {
    return this.#chunks[node >> SHIFT]![(node & MASK) * WORDS + word]!
  }
  #set(node: number, word: number, value: number): void {
    this.#chunks[node >> SHIFT]![(node & MASK) * WORDS + word] = value
  }
}

/** Nodes read between two yields: about a millisecond. */
export const STRETCH = 10_000
