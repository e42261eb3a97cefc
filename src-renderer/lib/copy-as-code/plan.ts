import type {
  Endpoint,
  RoleName,
  SessionSettings,
  SettingsOf,
  SocketOptions,
} from '../../../src-main/contract/index.js'
import { visibleLine } from '../visible.js'

export type SocketKind = 'REP' | 'REQ' | 'PUB' | 'SUB' | 'PUSH' | 'PULL'

/** libzmq's options that a script may set, by libzmq's names. */
export type OptionName =
  | 'LINGER'
  | 'SNDHWM'
  | 'RCVHWM'
  | 'HEARTBEAT_IVL'
  | 'HEARTBEAT_TIMEOUT'
  | 'RECONNECT_IVL'
  | 'RECONNECT_IVL_MAX'
  | 'HANDSHAKE_IVL'
  | 'MAXMSGSIZE'
  | 'IPV6'
  | 'IMMEDIATE'
  | 'REQ_RELAXED'
  | 'REQ_CORRELATE'
  | 'RCVTIMEO'

export interface SocketPlan {
  readonly kind: SocketKind
  readonly endpoints: readonly Endpoint[]
  /** Those that differ from what libzmq does by itself; switches are 1. */
  readonly options: readonly (readonly [OptionName, number])[]
  readonly topics: readonly string[]
}

/** CURVE, as all sockets of a script have it. */
export interface CurvePlan {
  /** The server's public key, for a client of it; undefined: the script is the server. */
  readonly server: string | undefined
  /** Whether its pair is read from `curveFile`; a client may make one instead. */
  readonly kept: boolean
}

/** The certificate with our pair, as Socketeer saves it; beside the script. */
export const curveFile = 'curve.key_secret'

/** What a script in any language does. */
export interface Plan {
  readonly role: RoleName
  /** Lines of comment at the top: one line each, whatever a session is named. */
  readonly about: readonly string[]
  /** One socket; a worker has two: where tasks come from, where results go. */
  readonly sockets: readonly SocketPlan[]
  readonly curve: CurvePlan | undefined
  /** What a client asks, a publisher and a ventilator send. */
  readonly message: readonly Uint8Array[]
  /** What a server answers; undefined: what it was asked. */
  readonly answer: readonly Uint8Array[] | undefined
  /** Times that a client asks before it gives up; 0 in strict mode: it waits for ever. */
  readonly tries: number
  /** Milliseconds of a worker's work. */
  readonly delay: number
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

export function planOf(settings: SessionSettings, message?: readonly Uint8Array[]): Plan {
  const about = [
    `${titles[settings.role]}${settings.name === '' ? '' : ` “${visibleLine(settings.name)}”`}, as set up in Socketeer.`,
  ]
  const { role } = settings
  const plan = (
    kind: SocketKind,
    more: readonly (readonly [OptionName, number])[] = [],
    topics: readonly string[] = [],
  ) => socketPlan(kind, settings.endpoints, settings.options, more, topics)
  if (
    [...settings.endpoints, ...(role === 'worker' ? settings.forward : [])].some(({ address }) =>
      /inproc:/i.test(address),
    )
  )
    about.push('Note that inproc:// reaches sockets of the same process only.')
  const curve = curvePlan(settings)
  if (curve?.kept === true)
    about.push(`Its key pair is read from ${curveFile}: save its secret certificate from Socketeer first.`)
  if (
    settings.security.mechanism === 'curve' &&
    settings.security.as === 'server' &&
    settings.security.admit === 'listed'
  )
    about.push('Its list of clients stays in Socketeer: this script admits whoever knows its public key.')
  const common = { role, about, curve, message: message ?? [utf8('hello')], answer: undefined, tries: 0, delay: 0 }
  switch (role) {
    case 'server': {
      const { answer, rules } = settings
      if (rules.length > 0) about.push('Its rules stay in Socketeer: this script answers everything alike.')
      if (answer.kind === 'hand' && message === undefined) about.push('What a person would answer, it answers by echo.')
      return {
        ...common,
        sockets: [plan('REP')],
        answer: answer.kind === 'text' ? [utf8(answer.text)] : answer.kind === 'hand' ? message : undefined,
      }
    }
    case 'client': {
      const { strict, envelope, deadline, tries } = settings
      const patient: [OptionName, number][] = [
        ['REQ_RELAXED', 1],
        ...(envelope === 'correlated' ? ([['REQ_CORRELATE', 1]] as [OptionName, number][]) : []),
        ['RCVTIMEO', deadline],
      ]
      return {
        ...common,
        sockets: [plan('REQ', [['IMMEDIATE', 1], ...(strict ? [] : patient)])],
        tries: strict ? 0 : tries,
      }
    }
    case 'publisher':
      return { ...common, sockets: [plan('PUB')] }
    case 'subscriber':
      return { ...common, sockets: [plan('SUB', [], settings.topics)] }
    case 'ventilator':
      if (settings.mode === 'demand') about.push(...demand('PUSH', 'ROUTER'))
      return { ...common, sockets: [plan('PUSH')] }
    case 'sink':
      return { ...common, sockets: [plan('PULL')] }
    case 'worker':
      about.push(...workerNotes(settings))
      return {
        ...common,
        sockets: [plan('PULL'), socketPlan('PUSH', settings.forward, settings.options, [], [])],
        delay: settings.delay,
      }
  }
}

function curvePlan({ security }: SessionSettings): CurvePlan | undefined {
  if (security.mechanism === 'none') return undefined
  return security.as === 'server'
    ? { server: undefined, kept: true }
    : { server: security.server, kept: security.key !== undefined }
}

/** What of a worker's settings a script leaves out. */
function workerNotes({ workers, mode, cost, busy, step, crash, concurrency }: SettingsOf<'worker'>): string[] {
  return [
    ...(workers > 1 ? [`One of ${workers} workers: start it as many times.`] : []),
    ...(mode === 'demand' ? demand('PULL', 'DEALER') : []),
    ...(cost.kind !== 'delay' || busy || step.kind !== 'pass' || crash.kind !== 'never' || concurrency > 1
      ? ['What it does to a task and how long that takes stays in Socketeer: this script passes tasks on one by one.']
      : []),
  ]
}

const demand = (plain: string, socket: string): string[] => [
  `Dealing by demand (${socket}) stays in Socketeer: this script deals in turns, with ${plain}.`,
]

const titles: Record<RoleName, string> = {
  server: 'Server',
  client: 'Client',
  publisher: 'Publisher',
  subscriber: 'Subscriber',
  ventilator: 'Ventilator',
  worker: 'Worker',
  sink: 'Sink',
}

function socketPlan(
  kind: SocketKind,
  given: readonly Endpoint[],
  options: SocketOptions,
  more: readonly (readonly [OptionName, number])[],
  topics: readonly string[],
): SocketPlan {
  const endpoints = given.map(plainEndpoint)
  const sends = kind !== 'SUB' && kind !== 'PULL'
  const receives = kind !== 'PUB' && kind !== 'PUSH'
  const tcp = endpoints.some(({ address }) => address.startsWith('tcp:'))
  const heartbeats = kind === 'REQ' && tcp && options.heartbeatInterval > 0 // as the engine has them
  const literal = endpoints.some(({ address }) => address.includes('['))
  // [option, our value, what libzmq does by itself, whether it means something here]
  const table: [OptionName, number, number, boolean][] = [
    ['LINGER', options.linger, -1, sends],
    ['SNDHWM', options.sendHighWaterMark, 1000, sends],
    ['RCVHWM', options.receiveHighWaterMark, 1000, receives],
    ['HEARTBEAT_IVL', options.heartbeatInterval, 0, heartbeats],
    ['HEARTBEAT_TIMEOUT', options.heartbeatTimeout, options.heartbeatInterval, heartbeats],
    ['RECONNECT_IVL', options.reconnectInterval, 100, true],
    ['RECONNECT_IVL_MAX', Math.max(options.reconnectMaxInterval, options.reconnectInterval), 0, true],
    ['HANDSHAKE_IVL', options.handshakeInterval, 30_000, true],
    ['MAXMSGSIZE', options.messageLimit, -1, receives],
    ['IPV6', options.ipv6 || literal ? 1 : 0, 0, true],
  ]
  return {
    kind,
    endpoints,
    options: [
      ...table.filter(([, ours, theirs, here]) => here && ours !== theirs).map(([name, ours]) => [name, ours] as const),
      ...more,
    ],
    topics,
  }
}

/** As libzmq takes it: no sign in front, and no name where it wants an interface. */
function plainEndpoint({ method, address }: Endpoint): Endpoint {
  const plain = address
    .trim()
    .replace(/^[@>]/, '')
    .replace(/^[a-z]+:/i, (scheme) => scheme.toLowerCase())
  return { method, address: method === 'bind' ? plain.replace(/^tcp:\/\/localhost:/i, 'tcp://127.0.0.1:') : plain }
}

/** Bytes of a frame that stand in the code; a larger one is read from a file beside it. */
export const MAX_LITERAL = 8192

export const frameFile = (index: number): string => `frame-${index + 1}.bin`

/** A frame too large for a line of code needs a word. */
export function largeFrames(plan: Plan): string[] {
  const frames = plan.role === 'server' ? (plan.answer ?? []) : sendsMessage(plan) ? plan.message : []
  return frames.flatMap((frame, i) =>
    frame.length <= MAX_LITERAL
      ? []
      : [`Frame ${i + 1} (${frame.length} bytes) is read from ${frameFile(i)}: save it from Socketeer first.`],
  )
}

export const sendsMessage = ({ role }: Plan): boolean =>
  role === 'client' || role === 'publisher' || role === 'ventilator'
