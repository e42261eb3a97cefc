import { TreeRows, type TreeDocument, type TreeRow } from '../../src-main/payload/index.js'
import { RowWindow } from './row-window.svelte.js'
import { treeKey } from './tree-keys.js'

/** Pixels of a row. */
const ROW = 22

/** A tree on the screen: which of its rows are in view, and which one is picked. */
export class TreeView {
  readonly document: TreeDocument
  readonly window = new RowWindow(ROW)
  readonly #rows: TreeRows
  /** Raised whenever rows come or go. */
  #version = $state(0)
  #picked = $state(0)

  constructor(document: TreeDocument) {
    this.document = document
    this.#rows = new TreeRows(document)
    this.window.setCount(this.#rows.length)
  }

  /** Index of the picked row. */
  get picked(): number {
    return this.#picked
  }
  get length(): number {
    void this.#version
    return this.#rows.length
  }
  row(index: number): TreeRow {
    void this.#version
    return this.#rows.row(index)
  }
  /** Where the picked value stands; empty for the root. */
  get path(): string {
    return this.document.path(this.row(this.#picked).node)
  }
  /** The picked value: a text as it is, everything else as JSON. */
  get value(): string {
    const { node } = this.row(this.#picked)
    return this.document.text(node) ?? this.document.prettyJson(node)
  }

  pick(index: number): void {
    this.#picked = Math.max(0, Math.min(index, this.length - 1))
    this.window.reveal(this.#picked)
  }
  toggle(index: number): void {
    this.#rows.toggle(index)
    this.#changed()
  }

  /** Does what a key asks for, as trees do everywhere; false if it asks for nothing here. */
  key(key: string): boolean {
    const at = this.#picked
    return treeKey(key, {
      at,
      length: this.length,
      page: this.window.page,
      open: this.row(at).open,
      parent: () => this.#rows.parent(at),
      pick: (index) => this.pick(index),
      toggle: () => this.toggle(at),
    })
  }

  #changed(): void {
    this.#version++
    this.window.setCount(this.#rows.length)
    this.#picked = Math.min(this.#picked, this.#rows.length - 1)
  }
}
