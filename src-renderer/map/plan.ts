import type { RoleName, SessionInfo } from '../../src-main/contract/index.js'
import { linkTone, type Tone } from '../parts/link-summary.js'
import { addressOf, comesOutAt, endsOf, type Address, type End, type PlaceKind } from './place.js'

/** Columns, from left to right as messages go: who sends first, where, who takes it; then where workers pass it on, and who collects. */
export type MapColumn = 0 | 1 | 2 | 3 | 4

export interface MapSession {
  readonly kind: 'session'
  readonly id: string
  readonly column: MapColumn
  readonly session: string
}
/** An address. */
export interface MapPlace {
  readonly kind: 'place'
  readonly id: string
  readonly column: MapColumn
  readonly address: string
  readonly reach: PlaceKind
  /** One of our sessions listens there now. */
  readonly ours: boolean
  readonly ends: readonly End[]
  /** Whom to go to. */
  readonly session: string
}
/** Whoever is there and is not one of ours. ZeroMQ tells that there is somebody, not who. */
export interface MapPeer {
  readonly kind: 'peer'
  readonly id: string
  readonly column: MapColumn
  /** How many have come to us; 0: we go to them, and how many there are is not known. */
  readonly count: number
  /** Whether anybody is there now. */
  readonly there: boolean
  /** One of our sessions that sees it. */
  readonly session: string
  readonly role: RoleName
}
export type MapNode = MapSession | MapPlace | MapPeer

export interface MapEdge {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly tone: Tone
  /** Of a session's end; undefined between a place and a peer. */
  readonly method: 'bind' | 'connect' | undefined
}

export interface MapPlan {
  readonly nodes: readonly MapNode[]
  readonly edges: readonly MapEdge[]
}

const senders: readonly RoleName[] = ['client', 'publisher', 'ventilator']
const columnOf = (role: RoleName): MapColumn => (senders.includes(role) ? 0 : role === 'sink' ? 4 : 2)
/** Whether this end is on the second stretch, from workers to sinks. */
const passesOn = ({ session, side }: End): boolean =>
  session.settings.role === 'sink' || (session.settings.role === 'worker' && side === 'out')

interface Place {
  readonly at: Address
  readonly text: string
  readonly ends: End[]
}

/** Who is where, from what our own sessions say of themselves. */
export function planMap(sessions: readonly SessionInfo[]): MapPlan {
  const places = placesOf(sessions)
  const nodes: MapNode[] = sessions.map(({ id, settings }) => ({
    kind: 'session',
    id,
    column: columnOf(settings.role),
    session: id,
  }))
  const edges = new Map<string, MapEdge>()
  for (const place of places) {
    const node = nodeOf(place)
    nodes.push(node)
    for (const end of place.ends) join(edges, end, node)
    const peer = peerOf(place, node)
    if (peer === undefined) continue
    nodes.push(peer)
    const [from, to] = peer.column < node.column ? [peer.id, node.id] : [node.id, peer.id]
    const tone = peer.there ? 'ok' : 'off'
    edges.set(`${from}→${to}`, { id: `${from}→${to}`, from, to, tone, method: undefined })
  }
  return { nodes, edges: [...edges.values()] }
}

/** Who listens makes a place; who connects goes to one, or makes one that nobody of us listens at. */
function placesOf(sessions: readonly SessionInfo[]): Place[] {
  const places: Place[] = []
  const ends = sessions.flatMap(endsOf)
  for (const bound of [true, false])
    for (const end of ends) {
      if ((end.method === 'bind') !== bound) continue
      const at = addressOf(end.address)
      // A port that is chosen when it is bound is nobody else's.
      const place = at.port === '*' ? undefined : places.find((each) => comesOutAt(at, each.at))
      if (place === undefined) places.push({ at, text: end.address, ends: [end] })
      else place.ends.push(end)
    }
  return places
}

function nodeOf({ at, text, ends }: Place): MapPlace {
  const bound = ends.filter(({ method }) => method === 'bind')
  const first = bound[0] ?? ends[0]!
  return {
    kind: 'place',
    id: `at ${text}${at.port === '*' ? ` of ${first.session.id}` : ''}`,
    column: ends.every(passesOn) ? 3 : 1,
    address: text,
    reach: at.kind,
    ours: bound.some(({ link }) => link?.state === 'listening'),
    ends,
    session: first.session.id,
  }
}

function join(edges: Map<string, MapEdge>, end: End, place: MapPlace): void {
  const { id, settings } = end.session
  const worker = settings.role === 'worker'
  const before = worker ? end.side === 'out' : columnOf(settings.role) < place.column
  const [from, to] = before ? [id, place.id] : [place.id, id]
  const edge = `${from}→${to}`
  const tone = end.link === undefined ? 'off' : linkTone(end.link)
  const { method } = end
  // A session can be at a place twice; the better of the two is shown.
  if (edges.get(edge)?.tone !== 'ok') edges.set(edge, { id: edge, from, to, tone, method })
}

/** Those at the other end who are not ours, on the side where ours are not. */
function peerOf({ at, ends }: Place, node: MapPlace): MapPeer | undefined {
  if (at.kind === 'inside') return undefined
  const bound = ends.filter(({ method }) => method === 'bind')
  const connected = ends.filter(({ method }) => method === 'connect')
  const ours = sum(connected)
  const listening = bound.find(({ link }) => link?.state === 'listening')
  const seen = listening ?? connected.find(({ link }) => link !== undefined)
  if (seen === undefined) return undefined
  const count = listening === undefined ? 0 : sum(bound) - ours
  if (listening !== undefined && count <= 0) return undefined
  const own = columnOf(seen.session.settings.role)
  const left = seen.session.settings.role === 'worker' ? seen.side === 'out' : own < node.column
  return {
    kind: 'peer',
    id: `peer ${node.id}`,
    column: (left ? node.column + 1 : node.column - 1) as MapColumn,
    count,
    there: count > 0 || ours > 0,
    session: seen.session.id,
    role: seen.session.settings.role,
  }
}

const sum = (ends: readonly End[]): number => ends.reduce((total, { link }) => total + (link?.peers ?? 0), 0)

/**
 * The same plan without strangers who are seen for the first time: of a connection between two of ours, one end can be told before the other.
 * @param before ids of all nodes that were there at the last look; undefined at the first one
 */
export function withoutNews(plan: MapPlan, before: ReadonlySet<string> | undefined): MapPlan {
  if (before === undefined) return plan
  const news = new Set(plan.nodes.flatMap((node) => (node.kind === 'peer' && !before.has(node.id) ? [node.id] : [])))
  return {
    nodes: plan.nodes.filter(({ id }) => !news.has(id)),
    edges: plan.edges.filter(({ from, to }) => !news.has(from) && !news.has(to)),
  }
}
