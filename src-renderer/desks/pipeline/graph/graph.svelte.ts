import { NODE_HISTORY_POINTS, type PipelineEdge, type PipelineNode } from '../../../../src-main/contract/index.js'
import type { Workbench } from '../../../state/workbench.svelte.js'
import { readJson } from '../../../state/profile.svelte.js'
import { poll } from '../poll.js'
import { Drawn } from './drawn.svelte.js'
import { CARD, NodeFigures, PEER } from './figures.svelte.js'
import { GroupFigures } from './group.svelte.js'
import { arrange, settle, type Box, type Place } from './layout.js'
import { plan, type Planned, type PlannedEdge } from './plan.js'
import { histories } from './spark.js'
import { showCell, showEdge, showGroup, showNode } from './show.js'

/** Where dragged nodes stand, in the profile's drafts. */
const PLACES = 'pipeline places'
const PLACES_KEPT = 300
/** Milliseconds after the last newcomer in which the layout is still made anew as a whole: a pipeline opens piece by piece. */
const GATHERING = 1500

/**
 * The graph as it is drawn. It asks the engine while it is shown; what comes changes figures in place, and the lists of nodes and edges only when
 * somebody came or went.
 */
export class Graph extends Drawn {
  /** How often the engine has answered: what reads a node reads this, to read it again. */
  read = $state(0)
  readonly #bench: Workbench
  readonly #all = new Map<string, PipelineNode>()
  readonly #lines = new Map<string, PipelineEdge>()
  readonly #figures = new Map<string, NodeFigures>()
  readonly #opened = new Set<string>()
  readonly #histories = new Map<string, Float32Array>()
  #places = new Map<string, Place>()
  #revision = 0
  #shape = ''
  #changedAt = 0
  /** Who stands where a person put them. */
  #dragged = new Set<string>()
  #selected = ''

  readonly #open: (id: string) => void

  /** @param open looks at a node that stands inside of a drawn one */
  constructor(bench: Workbench, open: (id: string) => void) {
    super()
    this.#open = open
    this.#bench = bench
    const kept = readJson<Record<string, Place>>(bench.profile.draft(PLACES))
    if (kept !== undefined) {
      this.#places = new Map(Object.entries(kept))
      this.#dragged = new Set(this.#places.keys())
    }
  }

  /** Asks from now on. @returns ends it */
  watch(): () => void {
    this.fitted++
    return poll(() => this.ask())
  }

  async ask(): Promise<void> {
    try {
      const graph = await this.#bench.caller.call('pipeline.graph', { since: this.#revision })
      if (graph.whole) {
        this.#all.clear()
        this.#lines.clear()
      }
      for (const node of graph.nodes) this.#all.set(node.id, node)
      for (const edge of graph.edges) this.#lines.set(edge.id, edge)
      for (const id of graph.gone) {
        this.#all.delete(id)
        this.#lines.delete(id)
      }
      this.#revision = graph.revision
      for (const [id, points] of histories(graph.histories.nodes, graph.histories.points, NODE_HISTORY_POINTS))
        this.#histories.set(id, points)
      if (graph.whole || graph.nodes.length + graph.edges.length + graph.gone.length > 0) this.read++
      this.#draw()
    } catch {
      // The line is down: another engine's numbers begin anew.
      this.#revision = 0
    }
  }

  node(id: string): PipelineNode | undefined {
    return this.#all.get(id)
  }
  /** The first worker of a group, by the group's id in the drawing. */
  firstOf(group: string): PipelineNode | undefined {
    return this.#all.get(`${group.replace(/\/group$/, '')}/1`)
  }
  figures(id: string): NodeFigures | undefined {
    return this.#figures.get(id)
  }

  /** Marks a node as the one that is looked at; '' for none. A worker inside of a group marks the group. */
  select(id: string): void {
    this.#selected = id
    const node = this.#all.get(id)
    for (const [each, figures] of this.#figures)
      figures.selected = each === id || (node?.kind === 'worker' && each === `${node.session}/group`)
  }

  /** Everything to its own place. */
  arrange(): void {
    this.#places.clear()
    this.#dragged.clear()
    this.looked(false)
    this.#bench.profile.setDraft(PLACES, '')
    this.#shape = ''
    this.#draw()
  }
  /** A person moved a node: it stays there, after a restart too. */
  dragged(): void {
    for (const { id, position } of this.nodes) {
      this.#places.set(id, position)
      this.#dragged.add(id)
    }
    const kept = [...this.#places].slice(-PLACES_KEPT)
    this.#bench.profile.setDraft(PLACES, JSON.stringify(Object.fromEntries(kept)))
  }
  toggle(id: string): void {
    const figures = this.#figures.get(id)
    if (!(figures instanceof GroupFigures)) return
    figures.open = !figures.open
    if (figures.open) this.#opened.add(id)
    else this.#opened.delete(id)
    this.#shape = ''
    this.#draw()
  }

  #draw(): void {
    const planned = plan(this.#all.values(), this.#lines.values())
    for (const each of planned.nodes) this.#show(each)
    const highest = Math.max(
      0,
      ...planned.edges.map(({ members }) => members.reduce((sum, { rate }) => sum + (rate ?? 0), 0)),
    )
    for (const edge of planned.edges) showEdge(this.edgeFigures(edge.id), edge, this.#all, highest)
    const shape = JSON.stringify([
      planned.nodes.map(({ id, members }) => [id, members.length]),
      planned.edges.map(({ id }) => id),
    ])
    if (shape !== this.#shape) this.#reshape(shape, planned.nodes, planned.edges)
  }

  #show(planned: Planned): void {
    let figures = this.#figures.get(planned.id)
    if (figures === undefined) {
      figures =
        planned.kind === 'group' ? new GroupFigures(planned.id, showCell) : new NodeFigures(planned.id, planned.kind)
      this.#figures.set(planned.id, figures)
    }
    if (figures instanceof GroupFigures) showGroup(figures, planned.members, this.#bench, this.#histories)
    else if (planned.members[0] !== undefined) showNode(figures, planned.members[0], this.#bench, this.#histories)
  }

  /** Somebody came or went: new lists for Svelte Flow, with everybody else where they were. */
  #reshape(shape: string, planned: readonly Planned[], lines: readonly PlannedEdge[]): void {
    const first = this.#shape === ''
    this.#shape = shape
    const boxes = planned.map((each): Box => ({ id: each.id, column: each.stage, ...this.#size(each) }))
    const now = performance.now()
    const dragged = boxes.some(({ id }) => this.#dragged.has(id))
    const gathering = !dragged && (first || now - this.#changedAt < GATHERING)
    this.#changedAt = now
    const places = gathering ? arrange(boxes) : settle(boxes, this.#places)
    for (const [id, place] of places) this.#places.set(id, place)
    for (const id of this.#figures.keys()) if (!planned.some((each) => each.id === id)) this.#figures.delete(id)
    const title = (id: string): string => this.#figures.get(id)?.title ?? ''
    const nodes = boxes.map((box) => {
      const figures = this.#figures.get(box.id)
      return {
        ...this.card(box, places.get(box.id), title(box.id)),
        type: figures instanceof GroupFigures ? 'group' : 'card',
        data: { figures, toggle: () => this.toggle(box.id), open: this.#open },
      }
    })
    const edges = lines.map((edge) =>
      this.line(edge, [title(edge.from), title(edge.to)], this.#labelAt(planned, lines, edge)),
    )
    this.draw(nodes, edges)
    this.select(this.#selected)
    this.resized()
  }

  /** Figures of neighbouring lines stand where the lines have parted; those of one that is alone, in its middle. */
  #labelAt(planned: readonly Planned[], lines: readonly PlannedEdge[], { from, to }: PlannedEdge): number {
    const stage = planned.find(({ id }) => id === from)?.stage ?? 0
    const alone = lines.filter((line) => (stage === 0 ? line.from === from : line.to === to)).length === 1
    return alone ? 0.5 : stage === 0 ? 0.66 : 0.34
  }
  #size({ id, kind }: Planned): { width: number; height: number } {
    const figures = this.#figures.get(id)
    if (figures instanceof GroupFigures) return figures.size
    return kind === 'peer' ? PEER : CARD
  }
}
