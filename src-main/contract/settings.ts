import * as v from 'valibot'
import { ventilatorEntries, workerEntries } from './pipeline.js'
import { RadioSettingsSchema } from './radio.js'
import { RulesSchema } from './rules.js'
import { SecuritySchema } from './security.js'

export const roleNames = ['server', 'client', 'publisher', 'subscriber', 'ventilator', 'worker', 'sink'] as const
export type RoleName = (typeof roleNames)[number]

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
/** Milliseconds; whole and not negative, up to a day. */
const milliseconds = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(86_400_000))

/** Largest frame that is sent or accepted unless the settings say otherwise: camera and lidar frames are 1–10 MB. */
export const DEFAULT_MESSAGE_LIMIT = 64 * 1024 * 1024

/** One address and which end of it we are. `address` is text as typed; the engine's endpoint parser has the last word. */
export const EndpointSchema = v.object({
  method: v.picklist(['bind', 'connect']),
  address: v.pipe(v.string(), v.maxLength(1024)),
})
export type Endpoint = v.InferOutput<typeof EndpointSchema>
export const EndpointsSchema = v.pipe(v.array(EndpointSchema), v.minLength(1), v.maxLength(64))

/** Socket options, in libzmq's terms. Defaults and their reasons: one measured table, see the README's map. */
export const SocketOptionsSchema = v.object({
  /** Messages, per peer. 0 = no limit. */
  sendHighWaterMark: v.optional(count, 1000),
  receiveHighWaterMark: v.optional(count, 1000),
  /** Milliseconds that a closing socket goes on sending; -1 = for ever. */
  linger: v.optional(v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(86_400_000)), 1000),
  /** Milliseconds between a client's heartbeats on tcp; 0 = none. A silent server is given up after `heartbeatTimeout`. Other roles send none: see engine/options.ts. */
  heartbeatInterval: v.optional(milliseconds, 2000),
  heartbeatTimeout: v.optional(milliseconds, 6000),
  /** Milliseconds before the first new try; doubled up to the maximum. */
  reconnectInterval: v.optional(v.pipe(milliseconds, v.minValue(1)), 200),
  reconnectMaxInterval: v.optional(milliseconds, 10_000),
  /** Milliseconds that a peer has for its ZMTP handshake. */
  handshakeInterval: v.optional(v.pipe(milliseconds, v.minValue(1)), 5000),
  /** Bytes, per frame, both ways. */
  messageLimit: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 31 - 1)),
    DEFAULT_MESSAGE_LIMIT,
  ),
  /** Resolve host names to IPv6 too. IPv6 literals work either way. */
  ipv6: v.optional(v.boolean(), false),
})
export type SocketOptions = v.InferOutput<typeof SocketOptionsSchema>

const common = {
  name: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
  endpoints: EndpointsSchema,
  options: v.optional(SocketOptionsSchema, {}),
  security: v.optional(SecuritySchema, { mechanism: 'none' }),
}

/** How a session that only receives is wished to do so: `auto` is `wire` where that can be, and `wire` fails where it cannot. See `SessionInfo.driver`. */
export const drivers = ['auto', 'wire', 'portable'] as const
export type DriverWish = (typeof drivers)[number]
/** Left out: as this program does, see `app.receive`. */
const driver = v.optional(v.picklist(drivers))

/** How a server answers by itself: not at all (a person does), with what it was asked, or with a fixed text. */
export const AnswerSchema = v.variant('kind', [
  v.object({ kind: v.literal('hand') }),
  v.object({ kind: v.literal('echo') }),
  v.object({ kind: v.literal('text'), text: v.string() }),
])
export type Answer = v.InferOutput<typeof AnswerSchema>

/** Topics are prefixes, as in ZeroMQ; `''` is everything. */
export const TopicSchema = v.pipe(v.string(), v.maxLength(4096))

/** What a subscriber subscribed to. */
export const TopicsSchema = v.pipe(v.array(TopicSchema), v.maxLength(10_000))

export const ServerSettings = v.object({
  role: v.literal('server'),
  ...common,
  /** Tried in order before `answer`. */
  rules: v.optional(RulesSchema, []),
  answer: v.optional(AnswerSchema, { kind: 'hand' }),
})
export const ClientSettings = v.object({
  role: v.literal('client'),
  ...common,
  /** Milliseconds to wait for an answer, per try. */
  deadline: v.optional(v.pipe(milliseconds, v.minValue(1)), 5000),
  /** How often a question is sent before it counts as unanswered; spent only while the link is up. */
  tries: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)), 3),
  /** `correlated` adds a request id frame (REQ_CORRELATE); `plain` leaves it out, for hand-written ROUTER servers. */
  envelope: v.optional(v.picklist(['correlated', 'plain']), 'correlated'),
  /** The textbook lock-step: one send, one receive; a second send fails with EFSM. No tries, no deadline. */
  strict: v.optional(v.boolean(), false),
})
export const PublisherSettings = v.object({ role: v.literal('publisher'), ...common })
export const SubscriberSettings = v.object({
  role: v.literal('subscriber'),
  ...common,
  topics: v.optional(TopicsSchema, ['']),
  driver,
  radio: v.optional(RadioSettingsSchema, {}),
})
export const VentilatorSettings = v.object({ role: v.literal('ventilator'), ...common, ...ventilatorEntries })
export const WorkerSettings = v.object({
  role: v.literal('worker'),
  ...common,
  /** Where results go; `endpoints` is where tasks come from. */
  forward: EndpointsSchema,
  /** Milliseconds of simulated work per task, where `cost` says so. */
  delay: v.optional(milliseconds, 0),
  ...workerEntries,
})
export const SinkSettings = v.object({ role: v.literal('sink'), ...common, driver })

export const SessionSettingsSchema = v.variant('role', [
  ServerSettings,
  ClientSettings,
  PublisherSettings,
  SubscriberSettings,
  VentilatorSettings,
  WorkerSettings,
  SinkSettings,
])
/** Settings with every default filled in. */
export type SessionSettings = v.InferOutput<typeof SessionSettingsSchema>
/** Settings as a person or a file gives them: what is left out gets its default. */
export type SessionSettingsInput = v.InferInput<typeof SessionSettingsSchema>
/** The settings of one role. */
export type SettingsOf<R extends RoleName> = Extract<SessionSettings, { role: R }>

/** Where each role starts: the addresses that the ZeroMQ guide and everybody's first script use. */
export const defaultEndpoints: Readonly<Record<RoleName, readonly Endpoint[]>> = {
  server: [{ method: 'bind', address: 'tcp://127.0.0.1:5555' }],
  client: [{ method: 'connect', address: 'tcp://127.0.0.1:5555' }],
  publisher: [{ method: 'bind', address: 'tcp://127.0.0.1:5000' }],
  subscriber: [{ method: 'connect', address: 'tcp://127.0.0.1:5000' }],
  ventilator: [{ method: 'bind', address: 'tcp://127.0.0.1:5557' }],
  worker: [{ method: 'connect', address: 'tcp://127.0.0.1:5557' }],
  sink: [{ method: 'bind', address: 'tcp://127.0.0.1:5558' }],
}
export const defaultForward: readonly Endpoint[] = [{ method: 'connect', address: 'tcp://127.0.0.1:5558' }]
