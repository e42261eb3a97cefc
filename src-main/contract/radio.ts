import * as v from 'valibot'
import type { FaultShape } from './faults.js'
import { TopicKeySchema, type TopicKey } from './topics.js'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
const name = v.pipe(v.string(), v.maxLength(200))
const path = v.pipe(v.string(), v.maxLength(1000))
/** Index of a frame from 0; from the end if negative, -1 being the last. */
const frame = v.optional(v.pipe(v.number(), v.integer(), v.minValue(-1024), v.maxValue(1023)), -1)

export const numberTypes = ['u8', 'u16', 'u32', 'u64', 'i8', 'i16', 'i32', 'i64', 'f32', 'f64'] as const
export type NumberType = (typeof numberTypes)[number]

/** Where in a message a number stands. Texts that read as a number count as one, `true` is 1 and `false` 0. */
export const PlaceSchema = v.variant('kind', [
  v.object({ kind: v.literal('json'), path, frame }),
  v.object({ kind: v.literal('msgpack'), path, frame }),
  v.object({ kind: v.literal('cbor'), path, frame }),
  v.object({
    kind: v.literal('number'),
    type: v.picklist(numberTypes),
    /** Bytes from the frame's start. */
    offset: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31)),
    endian: v.optional(v.picklist(['little', 'big']), 'little'),
    frame,
  }),
  /** A field of a layout (payload/struct.ts), such as `acc[1]`. */
  v.object({
    kind: v.literal('struct'),
    layout: v.pipe(v.string(), v.maxLength(10_000)),
    field: path,
    frame,
  }),
  /** A path into a message `type` of the file `proto`, one of the session's `protos`. */
  v.object({ kind: v.literal('protobuf'), proto: name, type: name, path, frame }),
])
export type Place = v.InferOutput<typeof PlaceSchema>

/** Where loss shows. Without it nothing can be known of loss: PUB/SUB itself drops without a word. */
export const GapWatchSchema = v.pipe(
  v.object({
    /** The sender's sequence number: a whole number that rises by one with each message. Left out: only delays are known. */
    sequence: v.optional(PlaceSchema),
    /** Where the number starts again at 0: 256, say, for a byte. 0: never; a place of kind `number` has its type's own. */
    modulo: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 53 - 1)), 0),
    /** Whether each topic has numbers of its own; otherwise each source has. */
    perTopic: v.optional(v.boolean(), false),
    /** When the sender sent it, since 1970 in this unit. */
    timestamp: v.optional(v.object({ place: PlaceSchema, unit: v.picklist(['s', 'ms', 'us', 'ns']) })),
  }),
  v.check(
    ({ sequence, timestamp }) => sequence !== undefined || timestamp !== undefined,
    'a sequence number or a timestamp',
  ),
)
export type GapWatch = v.InferOutput<typeof GapWatchSchema>

/** The number that stands at a place in one message; undefined: none does. */
export interface Reading {
  seq: number
  topic: TopicKey
  value: number | undefined
}

/** A number to be drawn over time. */
export const SignalSchema = v.object({
  id,
  name,
  /** Of this station only. */
  source: v.optional(v.number()),
  /** Of this topic only. */
  topic: v.optional(TopicKeySchema),
  place: PlaceSchema,
})
export type Signal = v.InferOutput<typeof SignalSchema>

/** Most signals of one session. */
export const MAX_SIGNALS = 64

/** Seconds that a plot shows while it follows. */
export const plotSpans = [10, 30, 60, 300] as const

/** One plot among several: which signals are drawn in it, by id. */
export const PlotLayoutSchema = v.object({
  id,
  /** '': it goes by its number. */
  name: v.optional(name, ''),
  signals: v.optional(v.pipe(v.array(id), v.maxLength(MAX_SIGNALS)), []),
  span: v.optional(v.picklist(plotSpans), 30),
})
export type PlotLayout = v.InferOutput<typeof PlotLayoutSchema>

/** Most plots of one session. */
export const MAX_PLOTS = 16

/** How signals are spread over plots. What stands in none of them is drawn in the first. */
export const PlotsSchema = v.object({
  list: v.optional(v.pipe(v.array(PlotLayoutSchema), v.maxLength(MAX_PLOTS)), []),
  /** Whether all plots show the same stretch of time. */
  linked: v.optional(v.boolean(), true),
})
export type Plots = v.InferOutput<typeof PlotsSchema>

/** Most .proto files of one session. */
export const MAX_PROTOS = 16

/** A .proto file's text, known by a name to the places that use it. */
export const ProtoFileSchema = v.object({ name, text: v.pipe(v.string(), v.maxLength(256 * 1024)) })
export type ProtoFile = v.InferOutput<typeof ProtoFileSchema>

/** A message type of a .proto file; its name has its package before it: `vehicle.State`. */
export interface MessageType {
  name: string
  fields: { name: string; type: string; number: number; repeated: boolean }[]
}

/** What a subscriber does with what it hears, besides keeping it. Part of its settings. */
export const RadioSettingsSchema = v.object({
  gaps: v.optional(GapWatchSchema),
  signals: v.optional(v.pipe(v.array(SignalSchema), v.maxLength(MAX_SIGNALS)), []),
  protos: v.optional(v.pipe(v.array(ProtoFileSchema), v.maxLength(MAX_PROTOS)), []),
  /** The engine keeps this and does nothing with it. */
  plots: v.optional(PlotsSchema, {}),
})
export type RadioSettings = v.InferOutput<typeof RadioSettingsSchema>
export type RadioSettingsInput = v.InferInput<typeof RadioSettingsSchema>

/** What the numbers of one sender say. */
export interface GapCounts {
  /** Messages with a number. */
  received: number
  /** Times that numbers were left out. */
  gaps: number
  /** Numbers left out and not come since. */
  missing: number
  duplicates: number
  /** Came later than one with a higher number. */
  reordered: number
  /** Times that the numbers began anew. */
  restarts: number
  /** Highest number since the last restart. */
  last: number
}

/** Milliseconds from the sender's timestamp to our reading, of the last 4096 messages. It holds the difference of the two clocks: below zero, the sender's is ahead. */
export interface Delay {
  count: number
  p50: number
  p99: number
  min: number
  max: number
}

export interface GapReport {
  /** As it is watched; undefined: not at all, and then loss cannot be known. */
  watch: GapWatch | undefined
  /** Why it cannot be watched as it says. */
  fault: FaultShape | undefined
  /** Rows in memory not yet looked at, and those that had left it before: they are not counted as missing. */
  behind: number
  gone: number
  /** Messages without a number where it should be; and of senders beyond the first 10,000. */
  unreadable: number
  unwatched: number
  total: Omit<GapCounts, 'last'>
  delay: Delay | undefined
  /** The 1000 senders with most missing, those first. `topic` where each has numbers of its own. */
  senders: (GapCounts & { source: number; topic: TopicKey | undefined; delay: Delay | undefined })[]
  /** What happened last, newest first, at most 100: numbers `from` to `to` were missing, came again, came late, or began anew, with row `seq`. */
  events: {
    seq: number
    time: number
    source: number
    kind: 'gap' | 'duplicate' | 'reordered' | 'restart'
    from: number
    to: number
  }[]
}

/** How far a signal has been read. */
export interface SignalStatus {
  id: string
  /** Points kept, of all that were read. */
  points: number
  read: number
  /** Messages that it should be in and is not. */
  unreadable: number
  /** Times of the oldest and newest point, ms; 0 when there is none. */
  first: number
  latest: number
  last: number
  /** Rows in memory not yet read, and those that had left it before. */
  behind: number
  gone: number
  /** Why it cannot be read as it says. */
  fault: FaultShape | undefined
}

export interface Plot {
  /** The range that was drawn, ms since 1970. */
  from: number
  to: number
  /**
   * Of each signal asked for: n times and then n values, the bytes of two Float64Arrays. At most two points a pixel, among them the least and the greatest
   * of each, and the neighbours just outside of the range.
   */
  series: { id: string; points: Uint8Array }[]
}

/** Of the points within a range. All but `n` are 0 when there is none. `std` is that of the whole population. */
export interface SignalStatistics {
  n: number
  min: number
  max: number
  mean: number
  std: number
  last: number
}

const positive = v.pipe(v.number(), v.minValue(0), v.maxValue(1e9))
const finite = v.pipe(v.number(), v.finite())
/** Most messages a second that a generator makes in total. */
export const MAX_GENERATED = 50_000

/** What a channel says. Frequencies in Hz; values from `offset - amplitude` to `offset + amplitude`. */
export const ShapeSchema = v.variant('kind', [
  v.object({
    kind: v.picklist(['sine', 'ramp', 'square']),
    amplitude: v.optional(finite, 1),
    offset: v.optional(finite, 0),
    frequency: v.optional(positive, 1),
  }),
  v.object({ kind: v.literal('noise'), amplitude: v.optional(finite, 1), offset: v.optional(finite, 0) }),
  /** A random walk: each step up to `amplitude`, from `offset`. */
  v.object({ kind: v.literal('walk'), amplitude: v.optional(finite, 1), offset: v.optional(finite, 0) }),
  /** A made-up vehicle on a winding road: speed m/s, steering rad, gear, x and y m. */
  v.object({ kind: v.literal('vehicle') }),
  /** Line by line, from the top again at the end if `loop`. */
  v.object({
    kind: v.literal('lines'),
    text: v.pipe(v.string(), v.maxLength(16 * 1024 * 1024)),
    loop: v.optional(v.boolean(), true),
  }),
])
export type Shape = v.InferOutput<typeof ShapeSchema>

/** How a channel's numbers are written. `json`: `{"n":1,"t":ms,"value":…}`; `binary`: `<Q:n d:t d:value` (a vehicle: `<Q:n d:t d:speed d:steering b:gear d:x d:y`); `text`: the value alone. */
export const channelFormats = ['json', 'binary', 'text'] as const

export const ChannelSchema = v.object({
  /** First frame; empty: the payload is the only one. */
  topic: v.optional(v.pipe(v.string(), v.maxLength(4096)), ''),
  shape: ShapeSchema,
  /** Messages a second. */
  rate: v.pipe(v.number(), v.minValue(0.001), v.maxValue(MAX_GENERATED)),
  format: v.optional(v.picklist(channelFormats), 'json'),
})
export type Channel = v.InferOutput<typeof ChannelSchema>

export const ChannelsSchema = v.pipe(
  v.array(ChannelSchema),
  v.minLength(1),
  v.maxLength(1000),
  v.check(
    (channels) => channels.reduce((sum, { rate }) => sum + rate, 0) <= MAX_GENERATED,
    `at most ${MAX_GENERATED} messages a second in total`,
  ),
)

/** Most bytes of a file that are handed over at once. */
export const MAX_FEED_BYTES = 1024 * 1024

/** A file that a publisher is to say line by line: a line is a message, without its end. The bytes come afterwards, piece by piece. */
export const LinesSchema = v.object({
  /** The file's name, for a person, and its bytes. */
  name,
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** First frame; empty: the line is the only one. */
  topic: v.optional(v.pipe(v.string(), v.maxLength(4096)), ''),
  /** What a line is written in. `text`: its bytes as they are. */
  format: v.optional(v.picklist(['text', 'json', 'hex', 'base64', 'msgpack', 'cbor']), 'text'),
  /** The first line names the columns: it is no message. */
  head: v.optional(v.boolean(), false),
  pace: v.variant('kind', [
    /** Lines a second. */
    v.object({
      kind: v.literal('rate'),
      rate: v.pipe(v.number(), v.minValue(0.001), v.maxValue(MAX_GENERATED)),
    }),
    /** As far apart as the times in the lines, `speed` times as fast. `column`: from 1, or a JSON path. A time that is no number is read as a date. */
    v.object({
      kind: v.literal('time'),
      column: v.union([v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)), path]),
      unit: v.picklist(['s', 'ms', 'us', 'ns']),
      speed: v.optional(v.pipe(v.number(), v.minValue(0.001), v.maxValue(1000)), 1),
    }),
  ]),
})
export type Lines = v.InferOutput<typeof LinesSchema>
