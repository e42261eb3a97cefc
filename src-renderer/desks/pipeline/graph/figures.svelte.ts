import type { Tone } from '../../../parts/link-summary.js'

export type NodeKind = 'ventilator' | 'worker' | 'group' | 'sink' | 'peer'

/** Pixels at zoom 1. Fixed, so that no figure moves an edge. */
export const CARD = { width: 176, height: 92 }
export const PEER = { width: 176, height: 56 }
export const GROUP = { width: 244, height: 186 }
/** A group that is opened: a cell for each worker. */
export const CELL = { width: 118, height: 34 }

/**
 * What one node shows: words and figures as they are drawn. They are compared before they are set, so that only what changed is drawn again.
 */
export class NodeFigures {
  readonly id: string
  readonly kind: NodeKind
  title = $state('')
  tone = $state<Tone>('off')
  word = $state('')
  /** What it has done, and the word for it. */
  done = $state('')
  doneWord = $state('')
  /** In flight, waiting; '' where there is none to say. */
  held = $state('')
  rate = $state('')
  /** One more fact: share, delay, what was lost. */
  fact = $state('')
  /** Slow or dead: stands out. */
  alarm = $state<'' | 'slow' | 'dead'>('')
  path = $state('')
  selected = $state(false)
  demo = $state(false)

  constructor(id: string, kind: NodeKind) {
    this.id = id
    this.kind = kind
  }

  /** What a screen reader says of it. */
  get label(): string {
    return [this.title, this.word, `${this.done} ${this.doneWord}`, this.held, this.rate, this.fact]
      .filter((part) => part.trim() !== '')
      .join(', ')
  }
}

/** What one edge shows. */
export class EdgeFigures {
  /** Pixels, in half steps. */
  width = $state(1.5)
  tone = $state<Tone>('off')
  rate = $state('')
  delay = $state('')
  /** Nothing goes along it. */
  still = $state(true)
}

/** Pixels that an edge is wide: 1.5 to 7, by its share of the highest rate there is; in half pixels, so that it does not tremble. */
export function edgeWidth(rate: number, highest: number): number {
  if (!(rate > 0) || !(highest > 0)) return 1.5
  return Math.round((1.5 + 5.5 * Math.sqrt(Math.min(1, rate / highest))) * 2) / 2
}
