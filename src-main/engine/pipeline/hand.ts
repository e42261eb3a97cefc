import type { LaneMark, NodeState } from '../../contract/index.js'
import { Recent, Tide } from './tide.js'

/** Marks kept of one worker. */
const MARKS = 500

/** What is known of one worker of ours, from its session's beginning on: it outlives its sockets, and its crashes. */
export class Hand {
  readonly session: string
  /** From 1, in its group. */
  readonly number: number
  /** Its node in the graph. */
  readonly node: string
  state: NodeState = 'closed'
  /** ms since 1970 when it comes back; 0: it does not, or is not down. */
  back = 0
  /** Tasks taken and not passed on. */
  inHand = 0
  crashes = 0
  /** What could not be done to a task. */
  undone = 0
  readonly taken = new Tide()
  readonly done = new Tide()
  /** Milliseconds: that it works on a task; from handing over to its start; from passing on to collecting. */
  readonly service = new Recent()
  readonly waiting = new Recent()
  readonly leaving = new Recent()
  readonly marks: LaneMark[] = []

  constructor(session: string, number: number) {
    this.session = session
    this.number = number
    this.node = `${session}/${number}`
  }

  /** Whether it has sockets, so that what it has in hand is not gone. */
  get alive(): boolean {
    return this.state === 'open' || this.state === 'paused' || this.state === 'closing'
  }

  mark(kind: LaneMark['kind'], time: number): void {
    this.marks.push({ time, kind })
    if (this.marks.length > MARKS) this.marks.shift()
  }
}
