import { untrack } from 'svelte'
import { Drawn } from '../desks/pipeline/graph/drawn.svelte.js'
import type { EdgeFigures } from '../desks/pipeline/graph/figures.svelte.js'
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
export class MapView extends Drawn {
  /** The same for the list: who is where. */
  entries = $state.raw<readonly MapEntry[]>([])
  lines = $state.raw<readonly MapEdge[]>([])
  readonly #bench: Workbench
  readonly #figures = new Map<string, MapFigures>()
  #seen: ReadonlySet<string> | undefined
  #shape = ''

  constructor(bench: Workbench) {
    super()
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
    for (const edge of plan.edges) showEdge(this.edgeFigures(edge.id), edge)
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

  #figuresOf({ id, kind }: MapNode): MapFigures {
    let figures = this.#figures.get(id)
    if (figures === undefined) this.#figures.set(id, (figures = new MapFigures(kind)))
    return figures
  }

  #reshape({ nodes, edges }: MapPlan): void {
    for (const id of this.#figures.keys()) if (!nodes.some((node) => node.id === id)) this.#figures.delete(id)
    const boxes = nodes.map((node): Box => ({ id: node.id, column: node.column, ...CARDS[node.kind] }))
    const places = arrangeMap(boxes, edges)
    const before = this.nodes.length
    this.entries = nodes.map((node) => ({ node, figures: this.#figuresOf(node) }))
    this.lines = edges
    const title = (id: string): string => this.#figures.get(id)?.title ?? ''
    this.draw(
      boxes.map((box) => {
        const figures = this.#figures.get(box.id)
        return { ...this.card(box, places.get(box.id), figures?.label), data: { figures } }
      }),
      edges.map((edge) => this.line(edge, [title(edge.from), title(edge.to)], 0.5)),
    )
    if (before !== nodes.length) this.resized()
  }
}

function showEdge(figures: EdgeFigures, { tone, method }: MapEdge): void {
  figures.tone = tone
  figures.still = tone !== 'ok'
  figures.rate = method === undefined ? '' : method === 'bind' ? m.bind() : m.connect()
}
