import * as v from 'valibot'
import { FilterSchema, type Found } from './filter.js'
import type {
  ClientChanges,
  EngineNumbers,
  LinkEvent,
  Notice,
  RoundTrips,
  SessionInfo,
  SessionNumbers,
} from './models.js'
import { pipelineRequests, type PipelineResults } from './pipeline-requests.js'
import { recordingRequests, type RecordingResults } from './recording-requests.js'
import { desks, ProfilePatchSchema, type Profile } from './profile.js'
import {
  ChannelsSchema,
  LinesSchema,
  MAX_FEED_BYTES,
  MAX_SIGNALS,
  PlaceSchema,
  RadioSettingsSchema,
  type GapReport,
  type MessageType,
  type Plot,
  type Reading,
  type SignalStatistics,
  type SignalStatus,
} from './radio.js'
import { RulesSchema, type RuleTrial } from './rules.js'
import { keyRequests, type KeyInfo, type Keys } from './security.js'
import { AnswerSchema, EndpointSchema, SessionSettingsSchema, TopicSchema, type DriverWish } from './settings.js'
import type { TopicChanges } from './topics.js'
import { MAX_WORKSPACE, type WorkspacePlan } from './workspace.js'

const id = v.pipe(v.string(), v.maxLength(64))
const seq = v.pipe(v.number(), v.integer(), v.minValue(1))
const bytes = v.instance(Uint8Array)
const none = v.optional(v.undefined())
const index = v.pipe(v.number(), v.integer(), v.minValue(0))
const signalIds = v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.minLength(1), v.maxLength(MAX_SIGNALS))
/** Milliseconds since 1970, bounds included; left out: as far as there are points. */
const range = { from: v.optional(v.number()), to: v.optional(v.number()) }

/** Most frames in one outgoing message, and most rows in one page. */
export const MAX_FRAMES = 1024
export const MAX_PAGE_ROWS = 5000
/** Milliseconds in which cleared rows can be brought back: somewhat longer than a screen offers it. */
export const CLEAR_UNDO_MS = 10_000

/**
 * The schema of every request's arguments. Each name stands here once; everything else is `keyof`.
 * Results are in `Results`: they come from our own side, so they are typed but not checked again.
 */
export const requestArguments = {
  /** Versions, limits and where we run. */
  'app.info': none,
  /** How sessions receive that do not say so themselves. Asking starts the receiving thread: whether it works is tried and not guessed. */
  'app.receive': none,
  ...keyRequests,
  /** Every session with its figures: the snapshot a view starts from. */
  'session.list': none,
  /** Opens a session. It is listed even when it failed, with the fault. */
  'session.open': v.object({ settings: SessionSettingsSchema }),
  /** Closes it if open, then opens it again with other settings of the same role; rows are kept. */
  'session.reopen': v.object({ id, settings: SessionSettingsSchema }),
  /** Closes its sockets after its outgoing messages (linger). Rows stay until it is forgotten. */
  'session.close': v.object({ id }),
  /** Closes it and drops its rows. */
  'session.forget': v.object({ id }),
  /** Says that it is about to be forgotten, or no longer is. A view that goes before it came to that takes it along, if it is not open again by then. */
  'session.leaving': v.object({ id, leaving: v.boolean() }),
  /** Drops its rows, keeps it open. Counters go on. For `CLEAR_UNDO_MS` it can be taken back. */
  'session.clear': v.object({ id }),
  /** Brings the cleared rows back. Fails with TOO_LATE. */
  'session.unclear': v.object({ id }),
  /** Sends one message. `answers`: for a server, the row that it answers (oldest waiting one if left out). */
  'session.send': v.object({
    id,
    frames: v.pipe(v.array(bytes), v.minLength(1), v.maxLength(MAX_FRAMES)),
    answers: v.optional(seq),
  }),
  /** A client stops waiting for its answer. */
  'session.cancel': v.object({ id }),
  'session.subscribe': v.object({ id, topic: TopicSchema }),
  'session.unsubscribe': v.object({ id, topic: TopicSchema }),
  /** Rows `from`, `from + 1`, … as a page, each frame cut to `head` bytes. Rows no longer in memory are left out. */
  'session.page': v.object({
    id,
    from: seq,
    count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_PAGE_ROWS)),
    head: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65536)), 512),
  }),
  /** The rows of these numbers (the bytes of a Float64Array) that are in memory, in that order, as a page; otherwise as `session.page`. */
  'session.rows': v.object({
    id,
    seqs: v.pipe(
      bytes,
      v.check((seqs) => seqs.byteLength % 8 === 0 && seqs.byteLength <= MAX_PAGE_ROWS * 8, 'whole Float64s'),
    ),
    head: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65536)), 512),
  }),
  /** One row, whole, as a page. */
  'session.message': v.object({ id, seq }),
  /** Who sent a row, as far as that is known. */
  'session.peer': v.object({ id, seq }),
  /** Rows that match, looked for from `from` on, for less than a tenth of a second. Fails with BAD_PATTERN or BAD_PATH. */
  'session.search': v.object({ id, filter: FilterSchema, from: v.optional(seq, 1) }),
  /** A server's clients that changed since a revision (0: all), in the order of their first question. */
  'session.clients': v.object({ id, since: v.optional(v.number(), 0) }),
  /** Names one of them; an empty name takes it back. */
  'session.nameClient': v.object({ id, source: v.number(), name: v.pipe(v.string(), v.maxLength(200)) }),
  /** Puts a server's rules in force, without closing it. Fails with BAD_RULE, and then nothing changes. */
  'session.rules': v.object({ id, rules: RulesSchema }),
  /** The name on the screen, without closing it. '': its role's. */
  'session.rename': v.object({ id, name: v.pipe(v.string(), v.maxLength(200)) }),
  /** How a server answers what no rule does, without closing it. `waiting`: those that wait already are answered so too. */
  'session.answer': v.object({ id, answer: AnswerSchema, waiting: v.optional(v.boolean(), false) }),
  /** What rules would answer to a sample. Nothing is sent or counted. */
  'rules.try': v.object({
    rules: RulesSchema,
    frames: v.pipe(v.array(bytes), v.minLength(1), v.maxLength(MAX_FRAMES)),
  }),
  /** Sends one message `count` times (0: until stopped), `every` ms or as soon as the last was answered. */
  'session.repeat': v.object({
    id,
    frames: v.pipe(v.array(bytes), v.minLength(1), v.maxLength(MAX_FRAMES)),
    count: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100_000_000)),
    every: v.pipe(v.number(), v.minValue(0), v.maxValue(86_400_000)),
  }),
  'session.stopRepeat': v.object({ id }),
  /** Topics that changed since a revision, and the names of those from number `known` on. Both 0 at first, then as the last answer says. */
  'radio.topics': v.object({ id, since: v.optional(v.number(), 0), known: v.optional(index, 0) }),
  /** Rate histories of topics by number: `HISTORY_POINTS` u32 each, oldest first, messages in `HISTORY_MS` each. */
  'radio.history': v.object({ id, topics: v.pipe(v.array(index), v.maxLength(1000)) }),
  /** Sets what a subscriber watches and draws. Fails with BAD_PATH, BAD_LAYOUT, BAD_PROTO, …: then nothing changes. What stays the same goes on. */
  'radio.set': v.object({ id, radio: RadioSettingsSchema }),
  'radio.gaps': v.object({ id }),
  /** Counts gaps and delays from now on, anew. */
  'radio.resetGaps': v.object({ id }),
  'radio.signals': v.object({ id }),
  /** Points of signals for a plot `width` pixels wide. Without `to` up to now; `span` ms if there is no `from`. */
  'radio.plot': v.object({
    id,
    signals: signalIds,
    ...range,
    span: v.optional(v.pipe(v.number(), v.minValue(0))),
    width: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(20_000)),
  }),
  'radio.statistics': v.object({ id, signals: signalIds, ...range }),
  /** A piece of the signals' points as CSV, from `at` on (left out: the beginning, with a head line), until `next` is undefined. */
  'radio.csv': v.object({ id, signals: signalIds, ...range, at: v.optional(v.array(index)) }),
  /** A publisher makes up messages until stopped. Fails with WRONG_ROLE or NOT_OPEN. */
  'radio.generate': v.object({ id, channels: ChannelsSchema }),
  'radio.stopGenerate': v.object({ id }),
  /** A publisher says a file line by line, as it is handed over with `radio.feed`. Fails with WRONG_ROLE, NOT_OPEN or BAD_PATH. */
  'radio.lines': v.object({ id, lines: LinesSchema }),
  /** The file's next bytes; `end`: there are no more. Answered when the next are wanted; not `wanted`: it was stopped. */
  'radio.feed': v.object({
    id,
    feed: index,
    bytes: v.pipe(
      bytes,
      v.check((piece) => piece.byteLength <= MAX_FEED_BYTES, 'at most 1 MiB'),
    ),
    end: v.optional(v.boolean(), false),
  }),
  /** Holds the file up where it is, or lets it go on. */
  'radio.holdLines': v.object({ id, hold: v.boolean() }),
  'radio.stopLines': v.object({ id }),
  /** The numbers at a place in the newest rows, newest first. Fails with BAD_PATH, BAD_LAYOUT or BAD_PROTO. */
  'radio.read': v.object({
    id,
    place: PlaceSchema,
    count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)), 5),
  }),
  /** The message types of a .proto file. Fails with BAD_PROTO. */
  'proto.types': v.object({ text: v.pipe(v.string(), v.maxLength(256 * 1024)) }),
  /** A frame as JSON text, read as one of them. Fails with BAD_PROTO or BAD_PAYLOAD. */
  'proto.decode': v.object({ text: v.pipe(v.string(), v.maxLength(256 * 1024)), type: v.string(), bytes }),
  ...pipelineRequests,
  ...recordingRequests,
  /** The round trips of the last run of repeated questions, or all where there was none. */
  'session.roundTrips': v.object({ id }),
  /** Timeline entries with `seq > after`, oldest first, at most 500. */
  'session.timeline': v.object({ id, after: v.optional(v.number(), 0) }),
  /** The workspace as the text of a file. */
  'workspace.save': none,
  /** What a workspace file would bring. Nothing is done. Fails with BAD_WORKSPACE. */
  'workspace.plan': v.object({ text: v.pipe(v.string(), v.maxLength(MAX_WORKSPACE)) }),
  /** Adds what is in the file; `open` are the places, in its plan, of sessions whose sockets the person wants opened. `replace`: the sessions that are here go. */
  'workspace.open': v.object({
    text: v.pipe(v.string(), v.maxLength(MAX_WORKSPACE)),
    open: v.pipe(v.array(index), v.maxLength(1000)),
    replace: v.optional(v.boolean(), false),
  }),
  /** Sessions that were open when Socketeer last ended, while nobody has said what becomes of them. */
  'session.lastOpen': none,
  /** Opens them again, or not; `remember`: so at every start from now on. */
  'session.restore': v.object({ open: v.boolean(), remember: v.optional(v.boolean(), false) }),
  /** Says that this view is the window of one session, or (left out) a workbench. Gives the sessions that have a window of their own. */
  'view.show': v.object({ session: v.optional(id) }),
  /** A window's last word: unless it comes back at once, its session is closed after its outgoing messages. */
  'view.leave': none,
  /** The session's windows close and it goes on. Fails with NO_WINDOW. */
  'view.takeBack': v.object({ id }),
  /** Says whether this view is looked at: a hidden one is sent no pulses. */
  watch: v.object({ visible: v.boolean() }),
  /** Whether an address would be taken, before anything is opened. Fails with the sentence if not. */
  'endpoint.check': v.object({ endpoint: EndpointSchema }),
  /** Opens both sides of a desk's pattern on free ports, with traffic. */
  'demo.start': v.object({ desk: v.picklist(desks) }),
  'profile.get': none,
  'profile.update': v.object({ patch: ProfilePatchSchema }),
} as const satisfies Record<string, v.GenericSchema>

export interface AppInfo {
  version: string
  host: 'desktop' | 'browser'
  /** `socketeer`, `zeromq`, `libzmq`, `node`, and under Electron `electron`, `chrome`. */
  versions: Record<string, string>
  /** `linux x64`, with the system's own version. */
  platform: string
  notices: Notice[]
}

export interface ReceiveInfo {
  wish: DriverWish
  /** Who said so: the command line, the environment, the preferences; or nobody. */
  by: 'command' | 'environment' | 'preferences' | 'nobody'
  /** Why the receiving thread does not work here; undefined where it does. */
  unavailable: string | undefined
}

export interface Snapshot {
  sessions: SessionInfo[]
  numbers: SessionNumbers[]
  engine: EngineNumbers
}

export interface Results extends PipelineResults, RecordingResults {
  'app.info': AppInfo
  'app.receive': ReceiveInfo
  'keys.list': Keys
  'keys.make': KeyInfo
  'keys.add': KeyInfo
  'keys.rename': KeyInfo
  'keys.forget': undefined
  'keys.certificate': string
  'session.list': Snapshot
  'session.open': SessionInfo
  'session.reopen': SessionInfo
  'session.close': SessionInfo
  'session.forget': undefined
  'session.leaving': undefined
  'session.clear': undefined
  'session.unclear': undefined
  /** The row that the message became. It is queued; how far it comes is in the row's progress. */
  'session.send': { seq: number }
  'session.cancel': undefined
  'session.subscribe': undefined
  'session.unsubscribe': undefined
  'session.page': Uint8Array
  'session.rows': Uint8Array
  'session.message': Uint8Array
  /** The host that it came from, for ipc the user and process; undefined: not known. */
  'session.peer': string | undefined
  'session.search': Found
  'session.clients': ClientChanges
  'session.nameClient': undefined
  'session.rules': SessionInfo
  'session.answer': SessionInfo
  'session.rename': SessionInfo
  'rules.try': RuleTrial
  'session.repeat': undefined
  'session.stopRepeat': undefined
  'radio.topics': TopicChanges
  'radio.history': Uint8Array
  'radio.set': SessionInfo
  'radio.gaps': GapReport
  'radio.resetGaps': undefined
  'radio.signals': SignalStatus[]
  'radio.plot': Plot
  'radio.statistics': SignalStatistics[]
  'radio.csv': { text: string; next: number[] | undefined }
  'radio.generate': undefined
  'radio.stopGenerate': undefined
  /** Which feed it is: bytes for an earlier one are no longer wanted. */
  'radio.lines': { feed: number }
  'radio.feed': { wanted: boolean }
  'radio.holdLines': undefined
  'radio.stopLines': undefined
  'radio.read': Reading[]
  'proto.types': MessageType[]
  'proto.decode': string
  'session.roundTrips': RoundTrips
  'session.timeline': LinkEvent[]
  'workspace.save': string
  'workspace.plan': WorkspacePlan
  'workspace.open': SessionInfo[]
  'session.lastOpen': string[]
  'session.restore': undefined
  'view.show': string[]
  'view.leave': undefined
  'view.takeBack': undefined
  watch: undefined
  /** The address as we read it, and whether anybody beyond this machine can reach it. */
  'endpoint.check': { address: string; loopback: boolean }
  'demo.start': SessionInfo[]
  'profile.get': Profile
  'profile.update': Profile
}

export type RequestName = keyof typeof requestArguments
/** What a caller gives: defaults may be left out. */
export type ArgumentsOf<K extends RequestName> = v.InferInput<(typeof requestArguments)[K]>
/** What a handler gets: checked, defaults filled in. */
export type CheckedArguments<K extends RequestName> = v.InferOutput<(typeof requestArguments)[K]>
export type ResultOf<K extends RequestName> = Results[K]

type MissingResult = Exclude<RequestName, keyof Results>
type StrayResult = Exclude<keyof Results, RequestName>
/** Fails to compile when a request has no result, or a result no request. */
export const everyRequestHasAResult: [MissingResult, StrayResult] extends [never, never] ? true : never = true
