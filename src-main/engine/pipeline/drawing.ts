import {
  NODE_HISTORY_POINTS,
  type NodeState,
  type PipelineEdge,
  type PipelineGraph,
  type PipelineNode,
} from '../../contract/index.js'
import { now } from '../clock.js'
import type { Session } from '../session.js'
import { groupBy } from './group.js'
import type { Hand } from './hand.js'
import type { Member } from './member.js'
import type { Run } from './run.js'
import type { Tide } from './tide.js'
import type { Arc, End, Stranger, Topology } from './topology.js'

/** A session of the pipeline, with what it gives to the picture. */
export interface Place {
  readonly session: Session
  readonly member: Member
}

/** All that hands over or takes, with its links. */
export function endsOf(places: readonly Place[]): End[] {
  return places.flatMap(({ session: { id, settings }, member }): End[] => {
    if (settings.role === 'ventilator') return [{ node: id, session: id, stage: 0, way: 'out', links: member.links }]
    if (settings.role === 'sink') return [{ node: id, session: id, stage: 2, way: 'in', links: member.links }]
    const { crew } = member
    if (crew === undefined) return []
    return member.hands.flatMap((hand): End[] => {
      const { from, to } = crew.links(hand.number)
      return [
        { node: hand.node, session: id, stage: 1, way: 'in', links: from },
        { node: hand.node, session: id, stage: 1, way: 'out', links: to },
      ]
    })
  })
}

export const isStranger = (node: string): boolean => node.startsWith('peer/') || /\/(in|out)\/\d+$/.test(node)

/** Rates that a node's history is made of, by its id. */
export function tidesOf(places: readonly Place[]): [string, Tide][] {
  return places.flatMap(({ session: { id, settings }, member }): [string, Tide][] => {
    if (settings.role === 'ventilator') return [[id, member.handed]]
    if (settings.role === 'sink') return [[id, member.collected]]
    return member.hands.map((hand) => [hand.node, hand.done])
  })
}

export function histories(places: readonly Place[]): PipelineGraph['histories'] {
  const tides = tidesOf(places)
  const points = new Float32Array(tides.length * NODE_HISTORY_POINTS)
  const time = now()
  tides.forEach(([, tide], i) => tide.history(time, points, i * NODE_HISTORY_POINTS))
  return { nodes: tides.map(([id]) => id), points: new Uint8Array(points.buffer) }
}

export function nodesOf(
  places: readonly Place[],
  { arcs, strangers }: Topology,
  runs: readonly Run[],
  time: number,
): PipelineNode[] {
  const out = groupBy(arcs, ({ from }) => from)
  const into = groupBy(arcs, ({ to }) => to)
  const up = (arcsOf: readonly Arc[] | undefined) => arcsOf?.some((arc) => arc.up) ?? false
  const hands = new Map(places.flatMap(({ member }) => member.hands.map((hand) => [hand.node, hand] as const)))
  const shifts = new Map<string, Shift | undefined>()
  /** All that take from the same giver. */
  const shiftOf = (giver: string | undefined): Shift | undefined => {
    if (giver === undefined) return undefined
    if (!shifts.has(giver)) shifts.set(giver, makeShift(out.get(giver) ?? [], hands))
    return shifts.get(giver)
  }
  const nodes: PipelineNode[] = []
  for (const { session, member } of places) {
    const { id, settings } = session
    const common = { session: id, name: settings.name, slow: false, inferred: false, crashes: 0, back: 0 }
    if (settings.role === 'worker') {
      for (const hand of member.hands) {
        const givers = into.get(hand.node) ?? []
        const shift = shiftOf(givers[0]?.from)
        const linked = up(givers) && up(out.get(hand.node))
        nodes.push({
          ...common,
          id: hand.node,
          kind: 'worker',
          stage: 1,
          worker: hand.number,
          state: handState(session, hand, linked),
          done: hand.done.count,
          inHand: hand.inHand,
          rate: rounded(hand.done.rate(time)),
          service: rounded(hand.service.value),
          share: shift === undefined || shift.done === 0 ? undefined : rounded(hand.done.count / shift.done),
          slow: shift !== undefined && isSlow(hand, shift.services),
          crashes: hand.crashes,
          back: hand.back,
        })
      }
      continue
    }
    const gives = settings.role === 'ventilator'
    const tide = gives ? member.handed : member.collected
    const waiting = member.waiting?.()
    const paused = gives ? member.dealing?.paused === true : member.release !== undefined
    nodes.push({
      ...common,
      id,
      kind: gives ? 'ventilator' : 'sink',
      stage: gives ? 0 : 2,
      worker: 0,
      state: stateOf(session, paused, up((gives ? out : into).get(id))),
      done: tide.count,
      inHand: gives ? (member.dealing?.queued ?? 0) : waiting?.messages,
      waiting,
      rate: rounded(tide.rate(time)),
      service: undefined,
      share: undefined,
    })
  }
  for (const stranger of strangers) nodes.push(strangerNode(stranger, places, strangers, runs))
  return nodes
}

function strangerNode(
  stranger: Stranger,
  places: readonly Place[],
  all: readonly Stranger[],
  runs: readonly Run[],
): PipelineNode {
  const { id, stage, session, number, address, paired } = stranger
  const place = places.find((other) => other.session.id === session)
  const here = place?.session.settings.role === 'ventilator'
  // By demand each peer tells who it is when it asks; by turns what a single one has done can be inferred from what nobody else has.
  const asker = here
    ? place.member.askers?.().filter(({ name }) => place.member.handOf(name) === undefined)[number - 1]
    : undefined
  const alone = here && all.filter((other) => other.session === session && other.stage === 1).length === 1
  const foreign = runs.reduce((sum, run) => sum + (run.session.id === session ? run.ledger.foreign : 0), 0)
  return {
    id,
    kind: 'peer',
    stage,
    session,
    worker: number,
    name: asker?.name !== undefined && asker.name !== '' ? asker.name : address,
    state: 'connected',
    done: asker?.given ?? (alone && foreign > 0 ? foreign : undefined),
    inHand: undefined,
    rate: rounded(asker?.rate),
    service: undefined,
    share: undefined,
    slow: false,
    inferred: paired || (asker === undefined && alone && foreign > 0),
    crashes: 0,
    back: 0,
  }
}

export function edgesOf(
  places: readonly Place[],
  { arcs }: Topology,
  nodes: readonly PipelineNode[],
  time: number,
): PipelineEdge[] {
  const members = new Map(places.map(({ session, member }) => [session.id, member]))
  const hands = new Map(places.flatMap(({ member }) => member.hands.map((hand) => [hand.node, hand] as const)))
  const paired = new Set(nodes.filter(({ kind, inferred }) => kind === 'peer' && inferred).map(({ id }) => id))
  const out = groupBy(arcs, ({ from }) => from)
  const into = groupBy(arcs, ({ to }) => to)
  return arcs.map(({ from, to, up }) => {
    const [giver, taker] = [hands.get(from), hands.get(to)]
    const only = (list: readonly Arc[] | undefined) => list?.length === 1
    const tide =
      taker !== undefined && only(into.get(to))
        ? taker.taken
        : giver !== undefined && only(out.get(from))
          ? giver.done
          : only(out.get(from))
            ? members.get(from)?.handed
            : only(into.get(to))
              ? members.get(to)?.collected
              : undefined
    return {
      id: `${from}→${to}`,
      from,
      to,
      up,
      rate: rounded(tide?.rate(time)),
      delay: rounded(taker?.waiting.value ?? giver?.leaving.value),
      inferred: paired.has(from),
    }
  })
}

function handState(session: Session, hand: Hand, linked: boolean): NodeState {
  if (session.state.kind === 'failed') return 'failed'
  return hand.state === 'open' && !linked ? 'waiting' : hand.state
}

function stateOf(session: Session, paused: boolean, linked: boolean): NodeState {
  const { kind } = session.state
  return kind !== 'open' ? kind : paused ? 'paused' : linked ? 'open' : 'waiting'
}

/** Workers that share the tasks of one giver. */
interface Shift {
  /** Passed on by all of them; 0 where some are not ours, so that it is not known. */
  readonly done: number
  /** Milliseconds a task, of those that have done any, ascending. */
  readonly services: readonly number[]
}

function makeShift(arcs: readonly Arc[], hands: ReadonlyMap<string, Hand>): Shift {
  const ours = arcs.flatMap(({ to }) => hands.get(to) ?? [])
  const done = ours.length < arcs.length ? 0 : ours.reduce((sum, hand) => sum + hand.done.count, 0)
  return { done, services: ours.flatMap(({ service }) => service.value ?? []).sort((a, b) => a - b) }
}

/** Whether it takes over twice the median of the others. */
function isSlow({ service: { value } }: Hand, services: readonly number[]): boolean {
  if (value === undefined || value < 1) return false
  const own = services.indexOf(value)
  const middle = (services.length - 1) >> 1
  const median = services[own >= 0 && own <= middle ? middle + 1 : middle]
  return median !== undefined && services.length > 1 && value > 2 * median
}

/** To four digits: what nobody sees is no change. */
function rounded(value: number): number
function rounded(value: number | undefined): number | undefined
function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toPrecision(4))
}
