/** Points of a node's rate history, and the milliseconds that each stands for. */
export const NODE_HISTORY_POINTS = 60
export const NODE_HISTORY_MS = 500

/**
 * How a node is. `waiting`: open, and nobody is connected where it needs somebody. `paused`: takes and hands over nothing. `crashed`: down, on purpose or
 * killed; it may come back. `connected`: a peer that is not ours.
 */
export const nodeStates = [
  'opening',
  'open',
  'waiting',
  'paused',
  'crashed',
  'closing',
  'closed',
  'failed',
  'connected',
] as const
export type NodeState = (typeof nodeStates)[number]

/** What waits at a socket in libzmq: received for it and not taken yet. */
export interface Waiting {
  messages: number
  /** False: libzmq does not tell how much of it has been taken already; it is at most so many. */
  exact: boolean
  /** Of each connection in which something waits, the fullest first: its other end as ZeroMQ tells it. */
  pipes: { from: string; messages: number }[]
}

/** Who stands in the graph: a ventilator, one worker of a group, a sink, or a peer that is not ours. */
export interface PipelineNode {
  /** Stable: the session's id; of a worker `session/n`; of a peer that came to us `node/in/k` or `node/out/k`, of one that we went to `peer/address`. */
  id: string
  kind: 'ventilator' | 'worker' | 'sink' | 'peer'
  /** Column: 0 hands out, 1 works, 2 collects. */
  stage: 0 | 1 | 2
  /** Whose node it is; for a peer, where it was seen. */
  session: string
  /** Number of the worker in its group, or of the peer among those at its session, from 1; 0: neither. */
  worker: number
  /** Name of the session; for a peer the address it was reached at. */
  name: string
  state: NodeState
  /** Handed over, passed on, collected; undefined: not known. */
  done: number | undefined
  /** Waiting in its own queue (ventilator), taken and not passed on (worker), waiting at its socket (sink); undefined: not known. */
  inHand: number | undefined
  /** Sink: the same by connection. */
  waiting?: Waiting | undefined
  /** Of `done`, a second, over the last second; undefined: not known. */
  rate: number | undefined
  /** Milliseconds that it works on a task, mean of the last ones; undefined: not known. */
  service: number | undefined
  /** Of all that is passed on by workers of its ventilator, 0 to 1; undefined: not known. */
  share: number | undefined
  /** Worker: its mean service is over twice the median of the others at the same ventilator. */
  slow: boolean
  /** Figures are inferred from what our own nodes saw, not told by ZeroMQ. */
  inferred: boolean
  crashes: number
  /** Ms since 1970 when a crashed worker comes back; 0: it does not, or is not down. */
  back: number
}

/** Where messages go. */
export interface PipelineEdge {
  /** `from→to`. */
  id: string
  from: string
  to: string
  up: boolean
  /** Messages a second, over the last second; undefined: not known. */
  rate: number | undefined
  /** Milliseconds from handing over to taking, mean of the last tasks that have an id; undefined: not known. */
  delay: number | undefined
  inferred: boolean
}

/** What became of the graph since a revision. */
export interface PipelineGraph {
  /** To ask with the next time. */
  revision: number
  /** `nodes` and `edges` are all there are: forget what you had. */
  whole: boolean
  /** Those that are new or changed. */
  nodes: PipelineNode[]
  edges: PipelineEdge[]
  /** Ids of nodes and edges that went. */
  gone: string[]
  /** Rate histories of nodes, NODE_HISTORY_POINTS as f32 each, oldest first: those of `histories.nodes`, in that order. Only when a point was added. */
  histories: { nodes: string[]; points: Uint8Array }
  /** Tasks between a ventilator and its workers, and between workers and their sink: handed over, and not yet taken; of runs only. */
  between: { session: string; toWorkers: number; toSinks: number }[]
}

/** `kill`: closes at once with linger 0, and what it had is gone. A killed or closed worker of a group comes back with `open`. */
export const nodeActions = ['open', 'pause', 'resume', 'close', 'kill'] as const
export type NodeAction = (typeof nodeActions)[number]
