import type { NodeAction, SettingsOf, Waiting } from '../../contract/index.js'
import type { EndpointLink } from '../link.js'
import type { Audit } from './audit.js'
import type { Dealing } from './dealing.js'
import { Hand } from './hand.js'
import { Tide } from './tide.js'

/** The workers of an open session. */
export interface Crew {
  /** Links of worker `n`, from 1: where its tasks come from, and where its results go. */
  links(n: number): { from: readonly EndpointLink[]; to: readonly EndpointLink[] }
  /** To one worker, or to all. Throws Fault NO_WORKER. */
  act(action: NodeAction, worker?: number): Promise<void>
}

/** A peer of a ventilator that deals by demand, as it named itself. */
export interface Asker {
  readonly name: string
  readonly given: number
  readonly rate: number
}

/** What one session gives to the picture of the whole, and what its role needs of that. It lives as long as the session; roles come and go. */
export class Member {
  readonly id: string
  readonly audit: Audit
  /** While a ventilator is open. */
  dealing: Dealing | undefined
  /** While workers are. */
  crew: Crew | undefined
  /** While it is open: links of the one socket of a ventilator or a sink. */
  links: readonly EndpointLink[] = []
  /** While workers are open: puts other settings in force that need no new sockets. Throws Fault BAD_GROUP at once; resolves when there are as many as they say. */
  retune: ((settings: SettingsOf<'worker'>) => Promise<void>) | undefined
  /** While a ventilator deals by demand: who has asked. */
  askers: (() => Asker[]) | undefined
  /** Of an open sink: what waits in libzmq for it; undefined: not known. */
  waiting: (() => Waiting | undefined) | undefined
  /** A sink that was told to take nothing: ends that. */
  release: (() => void) | undefined
  /** Tells whoever watches that its session is no longer what it was. */
  changed: () => void = () => {}
  readonly handed = new Tide()
  readonly collected = new Tide()
  /** Workers of a group, by number - 1. */
  readonly hands: Hand[] = []
  readonly #known: (id: string) => Member | undefined

  /** @param known another session's, by its id */
  constructor(id: string, audit: Audit, known: (id: string) => Member | undefined) {
    this.id = id
    this.audit = audit
    this.#known = known
  }

  /** Whether a worker or the sink is paused. */
  get resting(): boolean {
    return this.release !== undefined || this.hands.some(({ state }) => state === 'paused')
  }

  /** A worker of this session, from 1. */
  hand(number: number): Hand {
    while (this.hands.length < number) this.hands.push(new Hand(this.id, this.hands.length + 1))
    return this.hands[number - 1]!
  }

  /** A worker of any session by its node in the graph; undefined: it is none of ours. */
  handOf(node: string): Hand | undefined {
    const slash = node.lastIndexOf('/')
    return slash < 0 ? undefined : this.#known(node.slice(0, slash))?.hands[Number(node.slice(slash + 1)) - 1]
  }
}
