import type { PipelineEdge, PipelineGraph, PipelineNode } from '../../contract/index.js'
import { now } from '../clock.js'
import { edgesOf, endsOf, histories, isStranger, nodesOf, tidesOf, type Place } from './drawing.js'
import type { Hand } from './hand.js'
import type { Run } from './run.js'
import { topologyOf, type Topology } from './topology.js'

/** Milliseconds for which a picture is as good as a new one. */
const FRESH = 100
/** How many of the nodes and edges that went are kept in mind; whoever asks for older ones gets all. */
const GONE = 5000

interface Kept<T> {
  readonly value: T
  readonly revision: number
}

/** The picture of all ventilators, workers and sinks, and of the peers that are not ours; whoever asks is told what changed since it last did. */
export class Graph {
  readonly #places: () => Place[]
  readonly #runs: () => readonly Run[]
  readonly #nodes = new Map<string, Kept<PipelineNode>>()
  readonly #edges = new Map<string, Kept<PipelineEdge>>()
  #gone: { id: string; revision: number }[] = []
  /** Before this revision, what went is not known any more. */
  #knownFrom = 0
  #revision = 1
  #drawn = -Infinity
  #known: { readonly at: number; readonly topology: Topology } | undefined
  #interval = 0
  #historyRevision = 0
  #lively = false

  constructor(places: () => Place[], runs: () => readonly Run[]) {
    this.#places = places
    this.#runs = runs
  }

  changes(since: number): PipelineGraph {
    const places = this.#places()
    if (performance.now() - this.#drawn >= FRESH) this.#draw(places)
    const whole = since <= 0 || since < this.#knownFrom || since > this.#revision
    const newer = <T>(kept: Map<string, Kept<T>>): T[] =>
      [...kept.values()].filter(({ revision }) => whole || revision > since).map(({ value }) => value)
    return {
      revision: this.#revision,
      whole,
      nodes: newer(this.#nodes),
      edges: newer(this.#edges),
      gone: whole ? [] : this.#gone.filter(({ revision }) => revision > since).map(({ id }) => id),
      histories: whole || this.#historyRevision > since ? histories(places) : { nodes: [], points: new Uint8Array() },
      between: this.#between(places),
    }
  }

  /** Peers at a ventilator that are none of ours. */
  strangersAt(session: string): number {
    return this.#topology(this.#places()).arcs.filter(({ from, to }) => from === session && isStranger(to)).length
  }

  /** Workers of ours that are connected to a ventilator, or would be were it open. */
  handsAt(session: string): Hand[] {
    const places = this.#places()
    const { arcs } = this.#topology(places)
    const hands = new Map(places.flatMap(({ member }) => member.hands.map((hand) => [hand.node, hand] as const)))
    return arcs.flatMap(({ from, to }) => {
      const hand = from === session ? hands.get(to) : undefined
      return hand === undefined ? [] : [hand]
    })
  }

  #topology(places: Place[]): Topology {
    const at = performance.now()
    if (this.#known === undefined || at - this.#known.at >= FRESH)
      this.#known = { at, topology: topologyOf(endsOf(places)) }
    return this.#known.topology
  }

  #draw(places: Place[]): void {
    this.#drawn = performance.now()
    const time = now()
    const revision = this.#revision + 1
    const topology = this.#topology(places)
    const nodes = nodesOf(places, topology, this.#runs(), time)
    const edges = edgesOf(places, topology, nodes, time)
    const changed = [
      this.#take(this.#nodes, nodes, revision),
      this.#take(this.#edges, edges, revision),
      this.#history(places, time, revision),
    ]
    if (changed.includes(true)) this.#revision = revision
    if (this.#gone.length > GONE) {
      this.#gone = this.#gone.slice(-GONE)
      this.#knownFrom = this.#gone[0]!.revision
    }
  }

  #take<T extends { id: string }>(kept: Map<string, Kept<T>>, all: readonly T[], revision: number): boolean {
    let changed = false
    const ids = new Set<string>()
    for (const value of all) {
      ids.add(value.id)
      const before = kept.get(value.id)
      if (before !== undefined && same(before.value, value)) continue
      kept.set(value.id, { value, revision })
      changed = true
    }
    for (const id of kept.keys()) {
      if (ids.has(id)) continue
      kept.delete(id)
      this.#gone.push({ id, revision })
      changed = true
    }
    return changed
  }

  /** Whether there is a new point that is worth telling. */
  #history(places: Place[], time: number, revision: number): boolean {
    const interval = tidesOf(places)[0]?.[1].interval(time) ?? 0
    if (interval === this.#interval) return false
    this.#interval = interval
    const was = this.#lively
    this.#lively = new Float32Array(histories(places).points.buffer).some((point) => point > 0)
    if (!this.#lively && !was) return false
    this.#historyRevision = revision
    return true
  }

  #between(places: Place[]): PipelineGraph['between'] {
    return places
      .filter(({ session }) => session.settings.role === 'ventilator')
      .map(({ session: { id } }) => {
        const counts = this.#runs()
          .filter(({ session }) => session.id === id)
          .map(({ ledger }) => ledger.figures())
        return {
          session: id,
          toWorkers: counts.reduce((sum, { away }) => sum + away, 0),
          toSinks: counts.reduce((sum, { finished }) => sum + finished, 0),
        }
      })
  }
}

function same<T extends object>(one: T, other: T): boolean {
  for (const key in one) if (one[key] !== other[key]) return false
  return true
}
