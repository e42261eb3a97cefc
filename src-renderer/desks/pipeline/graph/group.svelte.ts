import type { PipelineNode } from '../../../../src-main/contract/index.js'
import { Spread } from '../../../lib/spread.js'
import type { Tone } from '../../../parts/link-summary.js'
import { CELL, GROUP, NodeFigures } from './figures.svelte.js'

/** One worker of a group, as its cell shows it. */
export class CellFigures {
  /** Of the worker's node. */
  id = ''
  name = $state('')
  tone = $state<Tone>('off')
  word = $state('')
  done = $state('')
  rate = $state('')
  alarm = $state<'' | 'slow' | 'dead'>('')
  /** 0 idle … 1 as busy as the busiest. */
  heat = 0
}

/** Cells that get new figures in one frame: with a thousand workers each still changes twice a second. */
const CELLS_A_FRAME = 40

/** A group of workers too many to draw one by one. */
export class GroupFigures extends NodeFigures {
  cells = $state.raw<readonly CellFigures[]>([])
  open = $state(false)
  /** How many are well, slow, dead, in words. */
  summary = $state('')
  /** Raised when a square changed its look. */
  drawn = $state(0)

  /** Puts a worker's figures into its cell. */
  readonly #fill: (cell: CellFigures, node: PipelineNode) => void
  readonly #spread = new Spread((i) => this.#show(i), CELLS_A_FRAME)
  #members: readonly PipelineNode[] = []
  #filled = false

  constructor(id: string, fill: (cell: CellFigures, node: PipelineNode) => void) {
    super(id, 'group')
    this.#fill = fill
  }

  /** New figures of all. The cells of an opened group get them a few at a time: the text of hundreds laid out at once would hold up a frame. */
  take(members: readonly PipelineNode[]): void {
    this.#members = members
    if (!this.open) this.#filled = false
    else if (this.#filled) this.#spread.begin(members.length)
    else {
      this.#filled = true
      this.#spread.atOnce(members.length)
    }
  }
  #show(i: number): void {
    const [cell, node] = [this.cells[i], this.#members[i]]
    if (cell !== undefined && node !== undefined) this.#fill(cell, node)
  }

  /** As many cells as workers; those that there are stay. */
  resize(n: number): void {
    if (n === this.cells.length) return
    this.cells = Array.from({ length: n }, (_, i) => this.cells[i] ?? new CellFigures())
    this.drawn++
  }

  /** Cells side by side: so many that the whole is somewhat wider than high. */
  get columns(): number {
    return Math.max(3, Math.ceil(Math.sqrt((this.cells.length * CELL.height * 1.6) / CELL.width)))
  }
  /** Pixels at zoom 1. */
  get size(): { width: number; height: number } {
    if (!this.open) return GROUP
    const rows = Math.ceil(this.cells.length / this.columns)
    return { width: this.columns * (CELL.width + 2) + 22, height: 100 + rows * (CELL.height + 2) }
  }
}
