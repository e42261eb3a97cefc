import type { Edge, Node } from '@xyflow/svelte'
import { untrack } from 'svelte'
import { m } from '../../../paraglide/messages.js'
import { EdgeFigures } from './figures.svelte.js'
import type { Box, Place } from './layout.js'

/** What Svelte Flow draws: its lists change only when somebody came or went; figures change in place. */
export class Drawn {
  nodes = $state.raw<Node[]>([])
  edges = $state.raw<Edge[]>([])
  /** Raised when the view should be fitted to what there is. */
  fitted = $state(0)
  readonly #figures = new Map<string, EdgeFigures>()
  #looked = false

  /** There is more room or less, or more to show: the view is fitted anew, until a person has chosen one. */
  resized(): void {
    if (!this.#looked) untrack(() => this.fitted++)
  }
  /** A person has chosen what to see, or given that up. */
  looked(so = true): void {
    this.#looked = so
  }

  protected edgeFigures(id: string): EdgeFigures {
    let figures = this.#figures.get(id)
    if (figures === undefined) this.#figures.set(id, (figures = new EdgeFigures()))
    return figures
  }
  protected card({ id, width, height }: Box, position: Place = { x: 0, y: 0 }, label = id): Node {
    return {
      id,
      type: 'card',
      position: { ...position },
      width,
      height,
      ariaLabel: label,
      domAttributes: { 'aria-roledescription': m.graph_node() },
      data: {},
    }
  }
  /** @param titles of its ends @param at where on the line its figures stand */
  protected line(
    { id, from, to }: { readonly id: string; readonly from: string; readonly to: string },
    titles: readonly [string, string],
    at: number,
  ): Edge {
    return {
      id,
      source: from,
      target: to,
      type: 'flow',
      selectable: false,
      ariaLabel: titles.join(' → '),
      domAttributes: { 'aria-roledescription': m.graph_edge() },
      data: { figures: this.edgeFigures(id), at },
    }
  }
  /** Draws these from now on, and lets go of the figures of lines that are no more. */
  protected draw(nodes: Node[], edges: Edge[]): void {
    this.nodes = nodes
    this.edges = edges
    for (const id of this.#figures.keys()) if (!edges.some((edge) => edge.id === id)) this.#figures.delete(id)
  }
}
