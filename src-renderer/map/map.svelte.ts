import type { Edge, Node } from '@xyflow/svelte'
import { untrack } from 'svelte'
import { EdgeFigures } from '../desks/pipeline/graph/figures.svelte.js'
import type { Box } from '../desks/pipeline/graph/layout.js'
import { poll } from '../desks/pipeline/poll.js'
import { m } from '../paraglide/messages.js'
import type { Workbench } from '../state/workbench.svelte.js'
import { CARDS, MapFigures } from './figures.svelte.js'
import { arrangeMap, nextBox } from './layout.js'
import { planMap, withoutNews, type MapEdge, type MapNode, type MapPlan } from './plan.js'
import { showNode } from './show.js'

/** A node with what is shown of it, for the list. */
export interface MapEntry {
  readonly node: MapNode
  readonly figures: MapFigures
}

/**
 * The map of everything, as it is drawn: every session of every window, every address, and whoever else is known to be there. It looks four times a second;
 * what it sees changes figures in place, and the lists only when somebody came, went, or changed what a screen reader says of them.
 */
export class MapView {
  nodes = $state.raw<Node[]>([])
  edges = $state.raw<Edge[]>([])
  /** The same for the list: who is where. */
  entries = $state.raw<readonly MapEntry[]>([])
  lines = $state.raw<readonly MapEdge[]>([])
  /** Raised when the view should be fitted to what there is. */
  fitted = $state(0)
  readonly #bench: Workbench
  readonly #figures = new Map<string, MapFigures>()
  readonly #edgeFigures = new Map<string, EdgeFigures>()
  #seen: ReadonlySet<string> | undefined
  #shape = ''
  #looked = false

  constructor(bench: Workbench) {
    this.#bench = bench
  }

  /** Looks from now on. @returns ends it */
  watch(): () => void {
    return untrack(() => poll(() => Promise.resolve(this.look())))
  }

  look(): void {
    const { sessions } = this.#bench
    const whole = planMap(sessions.map(({ info }) => info))
    const plan = withoutNews(whole, this.#seen)
    this.#seen = new Set(whole.nodes.map(({ id }) => id))
    for (const node of plan.nodes) showNode(this.#figuresOf(node), node, this.#bench)
    for (const edge of plan.edges) showEdge(this.#edgeOf(edge.id), edge)
    const shape = JSON.stringify([
      plan.nodes.map(({ id }) => [id, this.#figures.get(id)?.label]),
      plan.edges.map(({ id }) => id),
    ])
    if (shape !== this.#shape) this.#reshape(plan)
    this.#shape = shape
  }

  /** Where a node leads: the session, the one that listens at an address, the one that sees a peer. */
  sessionOf(id: string): string | undefined {
    return this.entries.find(({ node }) => node.id === id)?.node.session
  }
  /** The node in that direction. */
  next(from: string, key: string): string | undefined {
    return nextBox(
      from,
      key,
      this.nodes.map(({ id, position, width = 0, height = 0 }) => ({ id, ...position, width, height })),
    )
  }
  resized(): void {
    if (!this.#looked) untrack(() => this.fitted++)
  }
  /** A person has chosen what to see. */
  looked(): void {
    this.#looked = true
  }

  #figuresOf({ id, kind }: MapNode): MapFigures {
    let figures = this.#figures.get(id)
    if (figures === undefined) this.#figures.set(id, (figures = new MapFigures(kind)))
    return figures
  }
  #edgeOf(id: string): EdgeFigures {
    let figures = this.#edgeFigures.get(id)
    if (figures === undefined) this.#edgeFigures.set(id, (figures = new EdgeFigures()))
    return figures
  }

  #reshape({ nodes, edges }: MapPlan): void {
    for (const id of this.#figures.keys()) if (!nodes.some((node) => node.id === id)) this.#figures.delete(id)
    for (const id of this.#edgeFigures.keys()) if (!edges.some((edge) => edge.id === id)) this.#edgeFigures.delete(id)
    const boxes = nodes.map((node): Box => ({ id: node.id, column: node.column, ...CARDS[node.kind] }))
    const places = arrangeMap(boxes, edges)
    const before = this.nodes.length
    this.entries = nodes.map((node) => ({ node, figures: this.#figuresOf(node) }))
    this.lines = edges
    this.nodes = boxes.map(({ id, width, height }) => ({
      id,
      type: 'card',
      position: places.get(id) ?? { x: 0, y: 0 },
      width,
      height,
      ariaLabel: this.#figures.get(id)?.label ?? id,
      domAttributes: { 'aria-roledescription': m.graph_node() },
      data: { figures: this.#figures.get(id) },
    }))
    this.edges = edges.map(({ id, from, to }) => ({
      id,
      source: from,
      target: to,
      type: 'flow',
      selectable: false,
      ariaLabel: `${this.#figures.get(from)?.title ?? ''} → ${this.#figures.get(to)?.title ?? ''}`,
      domAttributes: { 'aria-roledescription': m.graph_edge() },
      data: { figures: this.#edgeOf(id), at: 0.5 },
    }))
    if (before !== nodes.length) this.resized()
  }
}

function showEdge(figures: EdgeFigures, { tone, method }: MapEdge): void {
  figures.tone = tone
  figures.still = tone !== 'ok'
  figures.rate = method === undefined ? '' : method === 'bind' ? m.bind() : m.connect()
}
