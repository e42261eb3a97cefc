import * as v from 'valibot'
import { FaultSchema } from './faults.js'
import { FilterSchema } from './filter.js'
import { directions } from './page.js'
import { EndpointSchema } from './settings.js'
import { TopicKeySchema } from './topics.js'

/** What a recording's file ends in. */
export const RECORDING_SUFFIX = '.mcap'

/** A file in the recordings folder, by name alone: no folder, nothing hidden, nothing that one of the three systems does not take. */
export const RecordingNameSchema = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(120),
  v.regex(/^[^\\/:*?"<>|.\p{C}][^\\/:*?"<>|\p{C}]*$/u, 'a file name without folders and without \\ / : * ? " < > |'),
)

const seconds = (least: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(366 * 86_400))
const bytes = v.pipe(v.number(), v.integer(), v.minValue(64 * 1024), v.maxValue(2 ** 50))

/** Records only around what matters: from `before` seconds ahead of it, as far as memory reaches, until `after` seconds behind the last one. */
export const TriggerSchema = v.object({
  /** A message that passes the filter, or sequence numbers that are missing (a subscriber's gap watch has to be on). */
  on: v.variant('kind', [
    v.object({ kind: v.literal('message'), filter: FilterSchema }),
    v.object({ kind: v.literal('gap') }),
  ]),
  before: v.optional(seconds(0), 0),
  after: v.optional(seconds(0), 10),
  /** Waits for the next one afterwards; otherwise it ends with the first. */
  again: v.optional(v.boolean(), false),
})
export type Trigger = v.InferOutput<typeof TriggerSchema>

/** What is recorded, when, and into how many files. */
export const RecordingSettingsSchema = v.object({
  /** Of the file, without its ending; the date and time if left out. */
  name: v.optional(RecordingNameSchema),
  /** Ids of sessions; `all` takes those along that are opened later. */
  sessions: v.union([
    v.literal('all'),
    v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.minLength(1), v.maxLength(1000)),
  ]),
  /** What is in memory already is recorded too. */
  past: v.optional(v.boolean(), false),
  /** JSON in messages of one or two frames is written a second time by itself, for programs that plot it. */
  json: v.optional(v.boolean(), true),
  /** A new file after so many bytes, or seconds. */
  splitBytes: v.optional(bytes),
  splitSeconds: v.optional(seconds(1)),
  /** Ends by itself after so many seconds, or bytes in all files together. */
  stopAfter: v.optional(seconds(0.1)),
  stopBytes: v.optional(bytes),
  /** When to begin, ms since 1970; at once if left out or past. `every`: and again after so many seconds. */
  at: v.optional(v.number()),
  every: v.optional(seconds(1)),
  trigger: v.optional(TriggerSchema),
})
export type RecordingSettings = v.InferOutput<typeof RecordingSettingsSchema>
export type RecordingSettingsInput = v.InferInput<typeof RecordingSettingsSchema>

/**
 * - `scheduled`: its time has not come · `armed`: waits for its trigger · `recording` · `stopping`: writes what is left
 * - `stopped`: all that was to be recorded is saved, or counted as missing · `failed`: ended before that by `fault`; what was saved until then is
 */
export const recordingStates = ['scheduled', 'armed', 'recording', 'stopping', 'stopped', 'failed'] as const
export type RecordingState = (typeof recordingStates)[number]

/** A recording that runs or ran, as far as it has come. */
export const RecordingInfoSchema = v.object({
  id: v.string(),
  settings: RecordingSettingsSchema,
  state: v.picklist(recordingStates),
  /** Names of its files, oldest first; only the last one grows. */
  files: v.array(v.string()),
  /** ms since 1970 of its beginning and its end; 0: not yet. */
  started: v.number(),
  ended: v.number(),
  /** Messages taken, and how many of them are on the disk for certain. */
  messages: v.number(),
  saved: v.number(),
  /** Until when all is saved, ms since 1970; 0: nothing is. */
  savedUntil: v.number(),
  /** Messages that should have been recorded and never will be: gone from memory before they were read, or lost with a full disk. */
  missing: v.number(),
  /** Of all files, in bytes on the disk; and bytes a second, lately. */
  bytes: v.number(),
  rate: v.number(),
  /** Bytes that the disk has not taken yet; it is `slow` while they are too many to take more. */
  waiting: v.number(),
  slow: v.boolean(),
  /** Bytes left on the disk; undefined where that is not known. */
  spaceLeft: v.optional(v.number()),
  /** How often its trigger was pulled. */
  triggered: v.number(),
  fault: v.optional(FaultSchema),
})
export type RecordingInfo = v.InferOutput<typeof RecordingInfoSchema>

/** Where a session that can only be looked at was read from. */
export const RecordedFileSchema = v.object({
  /** Name of the file. */
  file: v.string(),
  /** As its channels are called in there; empty where somebody else made the file. */
  label: v.string(),
  /** ms since 1970 of the earliest and the latest message in it. */
  from: v.number(),
  to: v.number(),
  /** Messages that are in it. */
  messages: v.number(),
  /** Messages that should be in it and are not. */
  missing: v.number(),
  /** It was cut off, and read up to its last whole chunk: so many bytes behind that are left out. */
  cutOff: v.optional(v.number()),
})
export type RecordedFile = v.InferOutput<typeof RecordedFileSchema>

/** A part of a recorded session: some topics, between two times. */
export const RecordedPartSchema = v.object({
  /** Only these topics, whole, or those that begin so; both empty: all. */
  topics: v.optional(v.pipe(v.array(TopicKeySchema), v.maxLength(10_000)), []),
  prefixes: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(4096))), v.maxLength(1000)), []),
  /** From this time on, and until before that, ms since 1970. */
  from: v.optional(v.number()),
  to: v.optional(v.number()),
})
export type RecordedPart = v.InferOutput<typeof RecordedPartSchema>

/** Which messages of a recorded session are replayed. */
export const ReplaySelectionSchema = v.object({
  ...RecordedPartSchema.entries,
  /** What came in, or what went out. */
  direction: v.optional(v.picklist(directions), 'in'),
  /** First frames that begin with `from` begin with `to` instead; the first that fits. */
  renames: v.optional(
    v.pipe(
      v.array(v.object({ from: v.pipe(v.string(), v.maxLength(4096)), to: v.pipe(v.string(), v.maxLength(4096)) })),
      v.maxLength(1000),
    ),
    [],
  ),
})
export type ReplaySelection = v.InferOutput<typeof ReplaySelectionSchema>

/** As what recorded messages go out: `publisher` and `ventilator` send them, `client` asks them, `server` answers what it is asked as it was answered then. */
export const replayRoles = ['publisher', 'ventilator', 'client', 'server'] as const
export type ReplayRole = (typeof replayRoles)[number]

export const MIN_SPEED = 0.1
export const MAX_SPEED = 100

export const ReplaySettingsSchema = v.object({
  ...ReplaySelectionSchema.entries,
  role: v.picklist(replayRoles),
  endpoint: EndpointSchema,
  /** Times the original; 0: as fast as it goes. */
  speed: v.optional(v.union([v.literal(0), v.pipe(v.number(), v.minValue(MIN_SPEED), v.maxValue(MAX_SPEED))]), 1),
  loop: v.optional(v.boolean(), false),
  /** Begins stopped: step, play or seek. */
  paused: v.optional(v.boolean(), false),
  /** A person has seen that others than this machine may hear it. */
  confirmed: v.optional(v.boolean(), false),
})
export type ReplaySettings = v.InferOutput<typeof ReplaySettingsSchema>
export type ReplaySettingsInput = v.InferInput<typeof ReplaySettingsSchema>

/** - `playing` · `paused` · `done`: all is sent · `failed` */
export const replayStates = ['playing', 'paused', 'done', 'failed'] as const

export const ReplayInfoSchema = v.object({
  id: v.string(),
  /** The recorded session, and the live one that sends. */
  of: v.string(),
  session: v.string(),
  settings: ReplaySettingsSchema,
  state: v.picklist(replayStates),
  /** The recorded time that it has come to, and from where to where it goes, ms since 1970. */
  at: v.number(),
  from: v.number(),
  to: v.number(),
  /** Messages sent, and how often it has begun anew. */
  sent: v.number(),
  loops: v.number(),
  /** How far from their time they went out, ms: half of them, 99 of 100, and the worst. 0 where it goes as fast as it can. */
  late: v.object({ p50: v.number(), p99: v.number(), max: v.number() }),
  /** Client: answers like those of then, other ones, and none. Server: questions that were asked then too, and others. */
  same: v.number(),
  different: v.number(),
  unanswered: v.number(),
  /** The first answer that was another than then: the question's row then, and now. */
  firstDifference: v.optional(v.object({ then: v.number(), now: v.number() })),
  fault: v.optional(FaultSchema),
})
export type ReplayInfo = v.InferOutput<typeof ReplayInfoSchema>
