import type { PipelineEdge, PipelineNode } from '../../../../src-main/contract/index.js'

/** From so many workers on, a group is drawn as one. */
export const GROUP_FROM = 9

/** One thing to draw: a node, or a group of workers of one session. */
export interface Planned {
  readonly id: string
  readonly kind: PipelineNode['kind'] | 'group'
  readonly stage: 0 | 1 | 2
  readonly members: readonly PipelineNode[]
}
/** One line to draw, and the edges that it stands for. */
export interface PlannedEdge {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly members: readonly PipelineEdge[]
}

/** What is drawn of a graph: large groups as one, each with one line to either side. */
export function plan(
  nodes: Iterable<PipelineNode>,
  edges: Iterable<PipelineEdge>,
): { nodes: Planned[]; edges: PlannedEdge[] } {
  const all = [...nodes]
  const workers = new Map<string, number>()
  for (const { kind, session } of all) if (kind === 'worker') workers.set(session, (workers.get(session) ?? 0) + 1)

  const planned = new Map<string, Planned & { members: PipelineNode[] }>()
  const drawnAs = new Map<string, string>()
  for (const node of all) {
    const grouped = node.kind === 'worker' && (workers.get(node.session) ?? 0) >= GROUP_FROM
    const id = grouped ? `${node.session}/group` : node.id
    drawnAs.set(node.id, id)
    const there = planned.get(id)
    if (there === undefined)
      planned.set(id, { id, kind: grouped ? 'group' : node.kind, stage: node.stage, members: [node] })
    else there.members.push(node)
  }
  for (const { members } of planned.values()) members.sort((a, b) => a.worker - b.worker)

  const lines = new Map<string, PlannedEdge & { members: PipelineEdge[] }>()
  for (const edge of edges) {
    const [from, to] = [drawnAs.get(edge.from), drawnAs.get(edge.to)]
    if (from === undefined || to === undefined) continue
    const id = `${from}→${to}`
    const there = lines.get(id)
    if (there === undefined) lines.set(id, { id, from, to, members: [edge] })
    else there.members.push(edge)
  }
  return { nodes: inOrder([...planned.values()]), edges: [...lines.values()] }
}

/** Ours before others', sessions as they came, workers by number: nobody changes place because of a figure. */
function inOrder(planned: readonly Planned[]): Planned[] {
  const came = new Map<string, number>()
  for (const { members } of planned)
    for (const { session } of members) if (!came.has(session)) came.set(session, came.size)
  const rank = ({ stage, kind, members: [first] }: Planned): number[] => [
    stage,
    kind === 'peer' ? 1 : 0,
    came.get(first?.session ?? '') ?? 0,
    first?.worker ?? 0,
  ]
  return planned
    .map((each) => ({ each, rank: rank(each) }))
    .sort((a, b) => a.rank.reduce((found, value, i) => found || value - (b.rank[i] ?? 0), 0))
    .map(({ each }) => each)
}

/** Adds what is known; undefined where nothing is. */
export function total(values: readonly (number | undefined)[]): number | undefined {
  let sum: number | undefined
  for (const value of values) if (value !== undefined) sum = (sum ?? 0) + value
  return sum
}

/** Mean of what is known, weighted; undefined where nothing is. */
export function mean(values: readonly (readonly [value: number | undefined, weight: number])[]): number | undefined {
  let [sum, weights] = [0, 0]
  for (const [value, weight] of values)
    if (value !== undefined && weight > 0) {
      sum += value * weight
      weights += weight
    }
  return weights === 0 ? values.find(([value]) => value !== undefined)?.[0] : sum / weights
}
