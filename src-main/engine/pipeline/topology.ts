import { networkInterfaces } from 'node:os'
import { BoundLink } from '../bound-link.js'
import type { EndpointLink } from '../link.js'
import { groupBy } from './group.js'

/** Peers of one endpoint that are drawn one by one. */
const DRAWN = 1000

/** One of ours that hands over or takes. */
export interface End {
  /** Its node in the graph. */
  readonly node: string
  readonly session: string
  /** 0 hands out, 1 works, 2 collects. */
  readonly stage: 0 | 1 | 2
  readonly way: 'in' | 'out'
  readonly links: readonly EndpointLink[]
}

/** A peer that is none of ours. */
export interface Stranger {
  readonly id: string
  readonly stage: 0 | 1 | 2
  /** Where it was seen; its number among those there, from 1. */
  readonly session: string
  readonly number: number
  readonly address: string
  /** By a pair of connections, one at a ventilator and one at a sink, of which it is only likely that they are the same peer's. */
  paired: boolean
}

export interface Arc {
  readonly from: string
  readonly to: string
  readonly up: boolean
}

export interface Topology {
  readonly strangers: Stranger[]
  readonly arcs: Arc[]
}

interface Bound {
  readonly end: End
  readonly link: EndpointLink
  own: number
}

/** Who is connected with whom. ZeroMQ names no peer: one of ours is known by the address it has connected to; whoever else is there is a stranger. */
export function topologyOf(ends: readonly End[]): Topology {
  const bound: Bound[] = []
  for (const end of ends) for (const link of end.links) if (listens(link)) bound.push({ end, link, own: 0 })
  const byPlace = groupBy(bound, ({ link }) => placeOf(link))
  const strangers = new Map<string, Stranger>()
  const arcs = new Map<string, Arc>()
  const join = (way: 'in' | 'out', node: string, other: string, up: boolean) => {
    const [from, to] = way === 'out' ? [node, other] : [other, node]
    const id = `${from}→${to}`
    arcs.set(id, { from, to, up: up || arcs.get(id)?.up === true })
  }

  for (const end of ends)
    for (const link of end.links) {
      if (link instanceof BoundLink || link.actual === '') continue
      const target = byPlace.get(placeOf(link))?.find((b) => b.end.way !== end.way && reaches(link, b.link))
      if (target !== undefined) {
        if (link.up) target.own++
        join(end.way, end.node, target.end.node, link.up)
      } else if (link.up) {
        const id = `peer/${link.actual}`
        const stage = end.way === 'out' ? next(end.stage) : before(end.stage)
        if (!strangers.has(id))
          strangers.set(id, { id, stage, session: end.session, number: 1, address: link.actual, paired: false })
        join(end.way, end.node, id, true)
      }
    }

  const takers: { end: End; stranger: Stranger }[] = []
  const givers: { end: End; stranger: Stranger }[] = []
  for (const { end, link, own } of bound) {
    const foreign = Math.min(DRAWN, Math.max(0, link.peers - own))
    for (let number = 1; number <= foreign; number++) {
      const stage = end.way === 'out' ? next(end.stage) : before(end.stage)
      const id = `${end.node}/${end.way}/${number}`
      const stranger = { id, stage, session: end.session, number, address: link.actual, paired: false }
      ;(end.way === 'out' ? takers : givers).push({ end, stranger })
    }
  }
  // A worker that is not ours has one connection at a ventilator and one at a sink.
  for (const taker of takers) {
    const at = taker.stranger.stage === 1 ? givers.findIndex(({ stranger }) => stranger.stage === 1) : -1
    strangers.set(taker.stranger.id, taker.stranger)
    join('out', taker.end.node, taker.stranger.id, true)
    const [giver] = at < 0 ? [] : givers.splice(at, 1)
    if (giver === undefined) continue
    taker.stranger.paired = true
    join('in', giver.end.node, taker.stranger.id, true)
  }
  for (const { end, stranger } of givers) {
    strangers.set(stranger.id, stranger)
    join('in', end.node, stranger.id, true)
  }
  return { strangers: [...strangers.values()], arcs: [...arcs.values()] }
}

function next(stage: 0 | 1 | 2): 1 | 2 {
  return stage === 0 ? 1 : 2
}

function before(stage: 0 | 1 | 2): 0 | 1 {
  return stage === 2 ? 1 : 0
}

function listens(link: EndpointLink): boolean {
  return link instanceof BoundLink && link.actual !== ''
}

/** What both ends of a connection call it alike: the port, or the whole address where there is none. */
function placeOf(link: EndpointLink): string {
  return link.parsed.scheme === 'tcp' ? link.actual.slice(link.actual.lastIndexOf(':')) : link.actual
}

/** Whether what `link` has connected to is what `bound` listens at: the same port, and a host of this machine that it listens at. */
function reaches(link: EndpointLink, bound: EndpointLink): boolean {
  if (link.parsed.scheme !== bound.parsed.scheme) return false
  if (link.parsed.scheme !== 'tcp') return true
  const [to, at] = [hostOf(link.actual), hostOf(bound.actual)]
  return to === at || ((at === '0.0.0.0' || at === '::') && isOurs(to))
}

function hostOf(address: string): string {
  return address
    .slice('tcp://'.length, address.lastIndexOf(':'))
    .replace(/^\[|\]$/g, '')
    .replace(/^::ffff:/, '')
}

let ours: { readonly at: number; readonly hosts: Set<string> } | undefined

/** Whether a numeric address is one of this machine's; looked up at most every ten seconds. */
function isOurs(host: string): boolean {
  if (host.startsWith('127.') || host === '::1') return true
  const at = performance.now()
  if (ours === undefined || at - ours.at > 10_000) {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? [])
    ours = { at, hosts: new Set(addresses) }
  }
  return ours.hosts.has(host)
}
