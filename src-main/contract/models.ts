import * as v from 'valibot'
import { FaultSchema } from './faults.js'
import { RecordedFileSchema } from './recording.js'
import { SessionSettingsSchema } from './settings.js'

/** Times are milliseconds since 1970 with a fraction (microseconds where the clock has them); sequence numbers start at 1. */
const time = v.number()
const seq = v.number()

/** A session's life. `failed` keeps its settings, so that a person can mend them and reopen. */
export const SessionStateSchema = v.variant('kind', [
  v.object({ kind: v.literal('opening') }),
  v.object({ kind: v.literal('open') }),
  v.object({ kind: v.literal('closing') }),
  v.object({ kind: v.literal('closed') }),
  v.object({ kind: v.literal('failed'), fault: FaultSchema }),
])
export type SessionState = v.InferOutput<typeof SessionStateSchema>

/**
 * The state of one endpoint.
 * - bind: `binding` → `listening` (peers may be 0) | `failed`
 * - connect: `resolving` → `connecting` → `connected` (TCP only) → `up` (handshake done); `waiting` between tries;
 *   `no-handshake`: connected, but the other side never completed ZMTP: the wrong pattern, or not ZeroMQ.
 */
export const linkStates = [
  'resolving',
  'binding',
  'listening',
  'connecting',
  'connected',
  'up',
  'waiting',
  'no-handshake',
  'failed',
  'closed',
] as const
export type LinkState = (typeof linkStates)[number]

export const LinkSchema = v.object({
  /** Index into the session's endpoints, then its forward endpoints. The same number stands in a row's `source` for subscribers. */
  index: v.number(),
  side: v.picklist(['in', 'out']),
  method: v.picklist(['bind', 'connect']),
  /** As typed. */
  address: v.string(),
  /** As bound (wildcards filled in) or as resolved; empty until known. */
  actual: v.string(),
  state: v.picklist(linkStates),
  /** Peers with a completed handshake. */
  peers: v.number(),
  since: time,
  fault: v.optional(FaultSchema),
})
export type Link = v.InferOutput<typeof LinkSchema>

/** What happened on a link, for the timeline. The screen has the words for each kind, in each language. */
export const linkEventKinds = [
  'listening',
  'bind-failed',
  'resolve-failed',
  'connecting',
  'connected',
  'up',
  'peer-joined',
  'peer-left',
  'lost',
  'refused',
  'retrying',
  'no-handshake',
  'handshake-failed',
  'encrypted',
  'turned-away',
  'malformed',
  'oversize',
  'subscribed',
  'unsubscribed',
  'closed',
] as const
export type LinkEventKind = (typeof linkEventKinds)[number]

export const LinkEventSchema = v.object({
  /** A line that grows (same kind, address and detail again) moves to the end under a new number and replaces its older self. */
  seq,
  /** Of the last one, where `count` > 1. */
  time,
  kind: v.picklist(linkEventKinds),
  address: v.string(),
  /** How many in a row of the same kind at the same address this line stands for. */
  count: v.number(),
  /** Why, in libzmq's or our words; a topic for subscriptions; a peer's public key, after its name if it has one, where keys are looked at; empty otherwise. */
  detail: v.string(),
})
export type LinkEvent = v.InferOutput<typeof LinkEventSchema>

/** What only one role knows. */
export const RoleStatusSchema = v.variant('role', [
  v.object({
    role: v.literal('server'),
    /** Questions nobody has answered yet, oldest first; at most 100 are listed, `waiting` counts all. */
    waiting: v.number(),
    pending: v.array(v.object({ seq, source: v.number(), time })),
    /** Clients seen, by `source` number in rows. */
    clients: v.number(),
    /** What each rule has answered; `number` marks its rows. */
    rules: v.array(v.object({ id: v.string(), number: v.number(), count: v.number() })),
  }),
  v.object({
    role: v.literal('client'),
    /** `yours`: a question may be sent. `waiting`: sent, the deadline runs. `link-down`: held until the server is back. */
    turn: v.picklist(['yours', 'waiting', 'link-down']),
    /** The question that is out, or 0. */
    seq,
    /** 1-based, of `tries`; 0 when nothing is out or strict. */
    attempt: v.number(),
    tries: v.number(),
    /** When this try began, ms since 1970; 0 when nothing is out. */
    since: time,
    /** Milliseconds per try; 0 in strict mode: no deadline. */
    deadline: v.number(),
    /** How the last question ended. */
    last: v.picklist(['none', 'answered', 'no-reply', 'cancelled']),
  }),
  v.object({
    role: v.literal('publisher'),
    /** What subscribers asked for, as seen on XPUB; who they are is not known. At most 1000 are listed. */
    subscriptions: v.array(v.object({ topic: v.string(), count: v.number() })),
    /** All of them, and the bytes of their topics. */
    topics: v.number(),
    topicBytes: v.number(),
  }),
  v.object({ role: v.literal('subscriber'), topics: v.array(v.string()), tunedIn: time }),
  v.object({
    role: v.literal('ventilator'),
    /** It hands nothing over before `need` workers are there. */
    waiting: v.optional(v.object({ have: v.number(), need: v.number() })),
  }),
  v.object({ role: v.literal('worker'), inHand: v.number() }),
  v.object({ role: v.literal('sink') }),
])
export type RoleStatus = v.InferOutput<typeof RoleStatusSchema>

/** A message sent again and again, until it is stopped or `of` are done. */
export const RepeatSchema = v.object({
  /** Done so far; `failed` of them without an answer, or refused. */
  sent: v.number(),
  failed: v.number(),
  /** How many in all; 0 = until stopped. */
  of: v.number(),
  /** Milliseconds from one to the next; a client that still waits for an answer takes longer. */
  every: v.number(),
  running: v.boolean(),
  fault: v.optional(FaultSchema),
})
export type Repeat = v.InferOutput<typeof RepeatSchema>

/** How long answers took, in milliseconds. */
export interface RoundTrips {
  count: number
  p50: number
  p90: number
  p99: number
  max: number
  /** How many took `from` up to `to`; ascending and without gaps, from the fastest to the slowest. */
  buckets: { from: number; to: number; count: number }[]
}

/** What a publisher makes up by itself, as far as it has come. */
export const GeneratingSchema = v.object({
  channels: v.number(),
  /** Messages a second that it is to make. */
  rate: v.number(),
  sent: v.number(),
  /** Left out because this machine could not keep up. */
  skipped: v.number(),
  running: v.boolean(),
  /** ms since 1970. */
  since: time,
  fault: v.optional(FaultSchema),
})
export type Generating = v.InferOutput<typeof GeneratingSchema>

/** A file that a publisher says line by line, as far as it has come. */
export const SayingLinesSchema = v.object({
  name: v.string(),
  /** Bytes of the file, and of the lines that are done with. */
  size: v.number(),
  done: v.number(),
  /** Lines published, and left out since they cannot be what they are to be. */
  sent: v.number(),
  bad: v.number(),
  /** The first of those, from 1, and why. */
  firstBad: v.optional(v.object({ line: v.number(), fault: FaultSchema })),
  /** `held` by a person; `short` of bytes that were not handed over yet. `ended`: all of it is published; `stopped`: not. */
  state: v.picklist(['running', 'held', 'short', 'ended', 'stopped']),
  /** When the next line is due, ms since 1970; 0: at once. */
  next: time,
  since: time,
  fault: v.optional(FaultSchema),
})
export type SayingLines = v.InferOutput<typeof SayingLinesSchema>

/** A client of a server, as its identity makes it known. */
export interface ClientInfo {
  /** Its number in rows. */
  source: number
  /** ROUTER identity, in hex. */
  identity: string
  /** As a person named it, or ''. */
  name: string
  /** Its questions without an answer yet, and all that it asked. */
  waiting: number
  questions: number
  /** The one that has waited longest, and since when. */
  oldest: { seq: number; time: number } | undefined
  /** When it last asked, and was last answered, ms since 1970; 0: never. */
  asked: number
  answered: number
}

/** What became of a server's clients since a revision. */
export interface ClientChanges {
  /** To ask with the next time. */
  revision: number
  /** `clients` is all there are: forget what you had. */
  whole: boolean
  /** Those that changed, in the order of their first question. */
  clients: ClientInfo[]
  /** Sources of those that were forgotten (there were over 10,000). */
  gone: number[]
}

/** Everything about a session that changes seldom. Sent when it changes, at most 20 times a second. */
export const SessionInfoSchema = v.object({
  id: v.string(),
  settings: SessionSettingsSchema,
  state: SessionStateSchema,
  links: v.array(LinkSchema),
  status: RoleStatusSchema,
  repeat: v.optional(RepeatSchema),
  generating: v.optional(GeneratingSchema),
  lines: v.optional(SayingLinesSchema),
  /** Newest timeline entry, so that a view knows whether to ask for more. */
  lastEvent: v.number(),
  /** It was read from a file, and can only be looked at. */
  recorded: v.optional(RecordedFileSchema),
  /** Started by a desk's demo button. */
  demo: v.boolean(),
  /** How it receives: `wire` is a thread of its own that calls libzmq's C interface, `portable` is zeromq.js. */
  driver: v.picklist(['wire', 'portable']),
  /**
   * Of a session that only receives: why it is not `wire`. `asked`: by its settings · `inproc`: its endpoints do not reach another context ·
   * `unavailable`: the thread does not work here, and `detail` says why.
   */
  driverWhy: v.optional(v.object({ reason: v.picklist(['asked', 'inproc', 'unavailable']), detail: v.string() })),
})
export type SessionInfo = v.InferOutput<typeof SessionInfoSchema>

const traffic = v.object({
  messages: v.number(),
  /** Payload bytes, all frames, without ZMTP's own. */
  bytes: v.number(),
  /** Messages a second over the last second, and the last ten. */
  rate1: v.number(),
  rate10: v.number(),
})

/** A session's figures: counted at the socket, not at the screen. */
export const SessionNumbersSchema = v.object({
  id: v.string(),
  /** Oldest and newest row in memory; `first > last` when there is none. */
  first: seq,
  last: seq,
  /** Raised when a row already written changed its progress: pages held by a view are stale. */
  revision: v.number(),
  /** Bytes held by the journal. */
  kept: v.number(),
  /** Rows that fell off the journal's end. */
  evicted: v.number(),
  in: traffic,
  out: traffic,
  /** In our own outgoing queue: not yet taken by libzmq. */
  queued: v.number(),
  /** Messages that could not be understood: no REQ envelope, say. */
  malformed: v.number(),
  /** Sends that we refused: over the limit, out of turn. */
  refused: v.number(),
  /** Answers that came after their deadline. */
  late: v.number(),
  /** Milliseconds; undefined until something was measured. */
  roundTrip: v.optional(
    v.object({ count: v.number(), p50: v.number(), p90: v.number(), p99: v.number(), max: v.number() }),
  ),
})
export type SessionNumbers = v.InferOutput<typeof SessionNumbersSchema>

/** The whole engine's figures. */
export const EngineNumbersSchema = v.object({
  /** Sessions that hold sockets, of at most `sessionLimit`. */
  sessions: v.number(),
  sessionLimit: v.number(),
  /** Bytes in the journals' common pool. */
  kept: v.number(),
  poolLimit: v.number(),
})
export type EngineNumbers = v.InferOutput<typeof EngineNumbersSchema>

/** One-off news for a person: a settings file set aside, a session closed by the engine. */
export const NoticeSchema = v.object({
  id: v.number(),
  time,
  level: v.picklist(['info', 'warning', 'error']),
  fault: FaultSchema,
})
export type Notice = v.InferOutput<typeof NoticeSchema>
