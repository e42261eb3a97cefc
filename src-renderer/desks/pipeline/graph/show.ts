import type { NodeState, PipelineEdge, PipelineNode } from '../../../../src-main/contract/index.js'
import { count, rate as rateText, span } from '../../../lib/format.js'
import { m } from '../../../paraglide/messages.js'
import type { Tone } from '../../../parts/link-summary.js'
import type { Workbench } from '../../../state/workbench.svelte.js'
import { edgeWidth, type EdgeFigures, type NodeFigures } from './figures.svelte.js'
import type { CellFigures, GroupFigures } from './group.svelte.js'
import { mean, total, type PlannedEdge } from './plan.js'
import { sparkPath } from './spark.js'

const tones: Readonly<Record<NodeState, Tone>> = {
  opening: 'wait',
  open: 'ok',
  waiting: 'wait',
  paused: 'wait',
  crashed: 'bad',
  closing: 'wait',
  closed: 'off',
  failed: 'bad',
  connected: 'ok',
}
export const nodeTone = (node: PipelineNode): Tone => (node.slow && node.state === 'open' ? 'wait' : tones[node.state])
export const nodeWord = (node: PipelineNode): string =>
  node.slow && node.state === 'open' ? m.node_slow() : m[`node_${node.state}`]()
const alarm = (node: PipelineNode): '' | 'slow' | 'dead' =>
  node.state === 'crashed' || node.state === 'failed' ? 'dead' : node.slow ? 'slow' : ''

export const perSecond = (n: number | undefined): string =>
  n === undefined ? m.not_known() : m.count_per_second({ n: rateText(n) })

const doneWords = {
  ventilator: m.pipeline_handed,
  worker: m.pipeline_passed,
  sink: m.pipeline_collected,
  peer: () => '',
}

/** A node by name: its session's, and its number where there are several. */
export function nodeTitle(node: PipelineNode, bench: Workbench): string {
  const session = bench.session(node.session)
  if (node.kind === 'peer') return m.node_peer({ n: count(node.worker) })
  const name = session?.name ?? node.name
  const several = session?.settings.role === 'worker' && session.settings.workers > 1
  return several ? `${name} ${node.worker}` : name
}

export function showNode(
  figures: NodeFigures,
  node: PipelineNode,
  bench: Workbench,
  histories: ReadonlyMap<string, Float32Array>,
): void {
  figures.title = nodeTitle(node, bench)
  figures.tone = nodeTone(node)
  figures.word = nodeWord(node)
  figures.alarm = alarm(node)
  if (node.kind === 'peer') {
    figures.held = node.done === undefined ? m.node_peer_unknown() : m.node_peer_inferred({ n: count(node.done) })
    return
  }
  figures.done = node.done === undefined ? '?' : count(node.done)
  figures.doneWord = doneWords[node.kind]()
  figures.rate = perSecond(node.rate)
  figures.held = held(node)
  figures.fact = fact(node)
  const points = histories.get(node.id)
  if (points !== undefined) figures.path = sparkPath(points, 154, 14)
}

function held(node: PipelineNode): string {
  const { kind, inHand } = node
  if (inHand === undefined) return ''
  if (kind === 'sink') return inHand === 0 ? '' : `${waits(node)} ${m.node_waiting_tasks()}`
  if (kind === 'ventilator') return `${count(inHand)} ${m.node_waiting_tasks()}`
  return kind === 'worker' ? `${count(inHand)} ${m.pipeline_in_hand()}` : ''
}
/** How much waits at a sink's socket. */
export function waits({ inHand, waiting }: PipelineNode): string {
  if (inHand === undefined) return m.not_known()
  return waiting?.exact === false ? m.node_waits_at_most({ n: count(inHand) }) : count(inHand)
}
function fact({ state, share, service, back, crashes }: PipelineNode): string {
  if (state === 'crashed' && back > 0) return m.node_comes_back()
  if (service !== undefined && share !== undefined) return `${percent(share)} · ${span(service)}`
  if (service !== undefined) return span(service)
  if (crashes > 0) return m.node_crashes({ n: count(crashes) })
  return ''
}
export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)} %`

export function showGroup(
  figures: GroupFigures,
  members: readonly PipelineNode[],
  bench: Workbench,
  histories: ReadonlyMap<string, Float32Array>,
): void {
  const session = bench.session(members[0]?.session ?? '')
  figures.resize(members.length)
  figures.title = m.group_title({ name: session?.name ?? members[0]?.name ?? '', n: count(members.length) })
  const dead = members.filter((node) => alarm(node) === 'dead').length
  const slow = members.filter((node) => alarm(node) === 'slow').length
  const well = members.find(({ state }) => state === 'open') ?? members[0]
  figures.tone = well === undefined ? 'off' : tones[well.state]
  figures.word = well === undefined ? '' : m[`node_${well.state}`]()
  figures.alarm = dead > 0 ? 'dead' : slow > 0 ? 'slow' : ''
  figures.summary =
    dead + slow === 0
      ? m.group_all_well()
      : m.group_summary({ slow: count(slow), dead: count(dead), n: count(members.length) })
  figures.done = count(total(members.map(({ done }) => done)) ?? 0)
  figures.doneWord = m.pipeline_passed()
  const hand = total(members.map(({ inHand }) => inHand))
  figures.held = hand === undefined ? '' : `${count(hand)} ${m.pipeline_in_hand()}`
  figures.rate = perSecond(total(members.map(({ rate }) => rate)))
  const service = mean(members.map((node) => [node.service, node.rate ?? 0]))
  figures.fact = service === undefined ? '' : span(service)
  showCells(figures, members)
  const sums = sumOf(members, histories)
  if (sums !== undefined) figures.path = sparkPath(sums, 154, 14)
}

function showCells(figures: GroupFigures, members: readonly PipelineNode[]): void {
  const busiest = Math.max(0, ...members.map(({ rate }) => rate ?? 0))
  let changed = false
  for (const [i, node] of members.entries()) {
    const cell = figures.cells[i]
    if (cell === undefined) continue
    cell.id = node.id
    cell.name = String(node.worker)
    // In steps, so that a square is drawn again when there is something to see.
    const heat = busiest === 0 ? 0 : Math.round(((node.rate ?? 0) / busiest) * 8) / 8
    if (heat !== cell.heat || cell.alarm !== alarm(node)) changed = true
    cell.heat = heat
    cell.alarm = alarm(node)
  }
  if (changed) figures.drawn++
  figures.take(members)
}

export function showCell(cell: CellFigures, node: PipelineNode): void {
  cell.tone = nodeTone(node)
  cell.word = nodeWord(node)
  cell.done = count(node.done ?? 0)
  cell.rate = perSecond(node.rate)
}

function sumOf(
  members: readonly PipelineNode[],
  histories: ReadonlyMap<string, Float32Array>,
): Float32Array | undefined {
  let sums: Float32Array | undefined
  for (const { id } of members) {
    const points = histories.get(id)
    if (points === undefined) continue
    sums ??= new Float32Array(points.length)
    for (let i = 0; i < points.length; i++) sums[i] = (sums[i] ?? 0) + (points[i] ?? 0)
  }
  return sums
}

/** Milliseconds on the way that are called slow. */
const SLOW = 100

export function showEdge(
  figures: EdgeFigures,
  { members }: PlannedEdge,
  nodes: ReadonlyMap<string, PipelineNode>,
  highest: number,
): void {
  const rate = total(members.map((edge) => edge.rate))
  const delay = mean(members.map((edge) => [edge.delay, edge.rate ?? 0]))
  const up = members.some((edge) => edge.up)
  const dead = members.every((edge) => isDead(edge, nodes))
  figures.width = edgeWidth(rate ?? 0, highest)
  // Red is for what is broken; what waits is amber, and where nothing goes there is nothing to judge.
  const flows = up && (rate ?? 0) > 0
  figures.still = !flows
  figures.tone = dead ? 'bad' : !flows ? 'off' : delay !== undefined && delay >= SLOW ? 'wait' : 'ok'
  figures.rate = rate === undefined ? m.edge_not_known() : m.count_per_second({ n: rateText(rate) })
  figures.delay = delay === undefined ? '' : span(delay)
}
const isDead = ({ from, to }: PipelineEdge, nodes: ReadonlyMap<string, PipelineNode>): boolean =>
  [from, to].some((id) => ['crashed', 'failed'].includes(nodes.get(id)?.state ?? ''))
