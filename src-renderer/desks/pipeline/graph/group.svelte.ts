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

/** A group of workers too many to draw one by one. */
export class GroupFigures extends NodeFigures {
  cells = $state.raw<readonly CellFigures[]>([])
  open = $state(false)
  /** How many are well, slow, dead, in words. */
  summary = $state('')
  /** Raised when a square changed its look. */
  drawn = $state(0)

  constructor(id: string) {
    super(id, 'group')
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
