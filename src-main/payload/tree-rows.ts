import type { Kind } from './tape.js'
import type { TreeDocument } from './tree.js'

/** Characters of a value that a row shows. */
const SHOWN = 300
/** Rows that are open from the beginning, at most: a small message is seen whole. */
const OPENED = 60
/** Pairs of a map that are looked through for equal keys: more would be felt. */
const COMPARED = 10_000

/** One line of a tree. */
export interface TreeRow {
  readonly node: number
  /** 0 for the root. */
  readonly depth: number
  /** The map's key or the place in the array; empty for the root and for what a tag holds. */
  readonly name: string
  /** `key`: one that is no string. */
  readonly nameKind: 'none' | 'name' | 'index' | 'key'
  readonly kind: Kind
  /** The value; for what holds others, its beginning. */
  readonly text: string
  /** Values or pairs in it. */
  readonly count: number
  /** Undefined where there is nothing to open. */
  readonly open: boolean | undefined
  /** Another pair of the same map has this key too. */
  readonly duplicate: boolean
  /** 1-based, and of how many: among its siblings. */
  readonly place: number
  readonly siblings: number
}

/** A document as the lines that are open, in order. A line is made when it is asked for; closing a value forgets what was open in it. */
export class TreeRows {
  readonly document: TreeDocument
  #nodes = new Uint32Array(1)
  #depths = new Uint32Array(1)
  readonly #open = new Set<number>()
  readonly #duplicates = new Set<number>()

  constructor(document: TreeDocument) {
    this.document = document
    for (let at = 0; at < this.#nodes.length && this.#nodes.length < OPENED; at++) {
      const node = this.#nodes[at]!
      if (at === 0 || this.#nodes.length + this.#count(node) <= OPENED) this.open(at)
    }
  }

  get length(): number {
    return this.#nodes.length
  }

  row(index: number): TreeRow {
    const {
      document,
      document: { tape },
    } = this
    const node = this.#nodes[index]!
    const parent = tape.parent(node)
    const around = parent < 0 ? undefined : tape.kind(parent)
    const count = this.#count(node)
    const key = around === 'map' ? document.keyOf(node) : -1
    const isText = key >= 0 && tape.kind(key) === 'string'
    const half = around === 'map' ? 2 : 1
    return {
      node,
      depth: this.#depths[index]!,
      name:
        around === 'array'
          ? String(tape.index(node))
          : key < 0
            ? ''
            : clip(isText ? document.name(key) : document.notation(key, SHOWN)),
      nameKind: around === 'array' ? 'index' : key < 0 ? 'none' : isText ? 'name' : 'key',
      kind: tape.kind(node),
      text: tape.holds(node)
        ? tape.kind(node) === 'tag'
          ? this.#tagText(node)
          : document.notation(node, 120)
        : document.leaf(node, SHOWN),
      count,
      open: count === 0 ? undefined : this.#open.has(node),
      duplicate: this.#duplicates.has(node),
      place: parent < 0 ? 1 : Math.floor(tape.index(node) / half) + 1,
      siblings: parent < 0 ? 1 : tape.children(parent) / half,
    }
  }

  open(index: number): void {
    const { tape } = this.document
    const node = this.#nodes[index]
    if (node === undefined || this.#open.has(node) || this.#count(node) === 0) return
    this.#open.add(node)
    const children = new Uint32Array(this.#count(node))
    const map = tape.kind(node) === 'map'
    for (let i = 0, child = node + 1; i < children.length; i++) {
      if (map) child = tape.next(child)
      children[i] = child
      child = tape.next(child)
    }
    if (map) this.#compare(children)
    this.#splice(index + 1, 0, children, this.#depths[index]! + 1)
  }

  close(index: number): void {
    const node = this.#nodes[index]
    if (node === undefined || !this.#open.delete(node)) return
    let end = index + 1
    while (end < this.length && this.#depths[end]! > this.#depths[index]!) this.#open.delete(this.#nodes[end++]!)
    this.#splice(index + 1, end - index - 1, new Uint32Array(), 0)
  }

  toggle(index: number): void {
    const node = this.#nodes[index]
    if (node !== undefined && this.#open.has(node)) this.close(index)
    else this.open(index)
  }

  /** The line of the value that this line's value is in; -1 for the root. */
  parent(index: number): number {
    const depth = this.#depths[index] ?? 0
    let at = index - 1
    while (at >= 0 && this.#depths[at]! >= depth) at--
    return at
  }

  #count(node: number): number {
    const { tape } = this.document
    return tape.kind(node) === 'map' ? tape.children(node) / 2 : tape.children(node)
  }

  /** A tag with what is in it; a big number as the number that it is. */
  #tagText(node: number): string {
    const { document } = this
    const tag = document.tag(node)
    const bytes = tag === '2' || tag === '3' ? document.bytes(node + 1) : undefined
    const written = document.notation(node, 120)
    if (bytes === undefined || document.tape.kind(node + 1) !== 'bytes' || bytes.length > 64) return written
    let value = 0n
    for (const byte of bytes) value = value * 256n + BigInt(byte)
    return `${written} = ${tag === '2' ? value : -1n - value}`
  }

  #compare(values: Uint32Array): void {
    if (values.length > COMPARED) return
    const seen = new Map<string, number>()
    for (const value of values) {
      const key = this.document.keyOf(value)
      // A text and a number that are written alike are different keys.
      const name = `${this.document.tape.kind(key)} ${this.document.name(key)}`
      const other = seen.get(name)
      if (other === undefined) seen.set(name, value)
      else {
        this.#duplicates.add(other)
        this.#duplicates.add(value)
      }
    }
  }

  #splice(at: number, removed: number, nodes: Uint32Array, depth: number): void {
    const replace = (list: Uint32Array, fill: (into: Uint32Array) => void): Uint32Array<ArrayBuffer> => {
      const next = new Uint32Array(list.length - removed + nodes.length)
      next.set(list.subarray(0, at))
      fill(next.subarray(at, at + nodes.length))
      next.set(list.subarray(at + removed), at + nodes.length)
      return next
    }
    this.#nodes = replace(this.#nodes, (into) => {
      into.set(nodes)
    })
    this.#depths = replace(this.#depths, (into) => into.fill(depth))
  }
}

const clip = (text: string): string => (text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`)
